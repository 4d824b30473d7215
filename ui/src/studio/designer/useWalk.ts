import { useReactFlow, useStoreApi } from '@xyflow/react';
import type { KeyboardEvent } from 'react';
import type { Canvas } from './canvas.ts';
import { type Begun, portName, type Side } from './fitting.ts';
import { boxStop, type Stop, stopsOf, wireStop } from './order.ts';
import type { Shelf } from './ports.ts';

type Walked = {
  canvas: Canvas;
  shelf: Shelf;
  /** While a wire is drawn, only the ports where it may end. */
  fitting: ReadonlySet<string> | null;
  /** Esc while a wire is drawn. */
  onGiveUp: () => void;
  /** The slash: something new is to be put here, or at the end of a wire from here. */
  onAsk: (at: Element, from?: Begun) => void;
};

/**
 * Tab goes from a box to its ports and its wires, then to what they feed.
 * The drawing library puts all wires before all boxes into the page, so its own order says nothing.
 */
export function useWalk(walked: Walked): (event: KeyboardEvent<HTMLElement>) => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  return (event) => {
    const { canvas, shelf, fitting, onGiveUp, onAsk } = walked;
    const whole = event.currentTarget;
    if (event.key === 'Escape' && fitting) {
      event.stopPropagation();
      onGiveUp();
      return;
    }
    if (event.key === '/' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      onAsk(event.target as Element, portOf(event.target as Element));
      return;
    }
    if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    // Buttons that lie over the canvas are reached as on any page.
    if (target !== whole && !target.closest('.react-flow__viewport')) return;
    const all = stopsOf(canvas, shelf);
    const stops = fitting ? all.filter(({ key }) => fitting.has(key)) : all;
    const next = nextOf(stops, all, keyOf(target), event.shiftKey ? -1 : 1);
    if (next === 'before') {
      if (target === whole) return;
      event.preventDefault();
      whole.focus({ preventScroll: true });
    } else if (next !== 'after') {
      event.preventDefault();
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      const place = canvas.places[next.box] ?? { x: 0, y: 0 };
      const [left, top] = [place.x * zoom + x, place.y * zoom + y];
      const away = left < 0 || top < 0 || left + 220 * zoom > width || top + 60 * zoom > height;
      if (away) void flow.setCenter(place.x + 110, place.y + 30, { zoom });
      if (!focusStop(whole, next.key))
        // What lies far away is drawn only when one looks there.
        requestAnimationFrame(() => requestAnimationFrame(() => focusStop(whole, next.key)));
    }
  };
}

/** Where Tab leads: a stop, or out of the canvas at one of its ends. */
export function nextOf(
  stops: readonly Stop[],
  all: readonly Stop[],
  from: string | null,
  step: 1 | -1,
): Stop | 'before' | 'after' {
  const at = stops.findIndex(({ key }) => key === from);
  if (at >= 0) return stops[at + step] ?? (step > 0 ? 'after' : 'before');
  const place = from === null ? -1 : all.findIndex(({ key }) => key === from);
  if (place < 0) return step > 0 ? (stops[0] ?? 'after') : 'before';
  const wanted = new Set(stops);
  const way = step > 0 ? all.slice(place + 1) : all.slice(0, place).reverse();
  return way.find((stop) => wanted.has(stop)) ?? (step > 0 ? 'after' : 'before');
}

function portOf(element: Element): Begun | undefined {
  const port = element.closest<HTMLElement>('.react-flow__handle');
  if (!port) return undefined;
  const side: Side = port.classList.contains('target') ? 'target' : 'source';
  return { side, end: { id: port.dataset.nodeid ?? '', port: port.dataset.handleid ?? '' } };
}

function keyOf(element: HTMLElement): string | null {
  const port = portOf(element);
  if (port) return portName(port.side, port.end);
  const box = element.closest<HTMLElement>('.react-flow__node');
  if (box) return boxStop(box.dataset.id ?? '');
  const wire = element.closest<SVGElement>('.react-flow__edge');
  return wire ? wireStop(wire.dataset.id ?? '') : null;
}

/** Whether it is drawn, and so has the focus now. */
export function focusStop(whole: HTMLElement, key: string): boolean {
  const drawn = whole.querySelectorAll<HTMLElement>(
    '.react-flow__node, .react-flow__handle, .react-flow__edge',
  );
  const found = [...drawn].find((element) => keyOf(element) === key);
  found?.focus({ preventScroll: true });
  return found !== undefined;
}
