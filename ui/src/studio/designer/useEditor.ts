import { getViewportForBounds, type ReactFlowInstance, useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBase, useMayEdit } from '../data/queries.ts';
import type { Experiment } from '../data/types.ts';
import {
  type Canvas,
  freeName,
  type Item,
  moved,
  type Place,
  partOf,
  pasted,
  type Wire,
  withItem,
  without,
  withWire,
} from './canvas.ts';
import type { Dragged } from './entries.ts';
import { type Begun, between, portFor } from './fitting.ts';
import { heldOf } from './held.ts';
import { unsaved } from './kept.ts';
import { alongEdge, laidOut, type Measures, STEP, WIDTH } from './layout.ts';
import { usePast } from './past.ts';
import { portsOf, type Reason, reasonAgainst, type Shelf } from './ports.ts';
import { useDraft } from './useDraft.ts';
import { useFaults } from './useFaults.ts';
import { useRan } from './useRan.ts';
import { FIT } from './Zoom.tsx';

export type Editor = ReturnType<typeof useEditor>;
const CLIP = 'bramka-studio-clip';

/** Everything one does to an experiment, and how it stands. */
export function useEditor(experiment: Experiment, shelf: Shelf, onMoved: (id: string) => void) {
  const { t } = useTranslation('studio');
  const { api } = useBase();
  const flow = useReactFlow();
  const mayEdit = useMayEdit();
  const readOnly = !mayEdit || !experiment.IsLeaf;
  const [begun] = useState(() => heldOf(experiment));
  const past = usePast(begun);
  const { now: held, change: step } = past;
  const [lost] = useState(() => (readOnly ? null : unsaved(experiment)));
  useEffect(() => {
    if (lost) step(() => lost);
  }, [lost, step]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set<string>());
  const [notice, setNotice] = useState('');
  const [refusal, setRefusal] = useState<unknown>(null);
  const draft = useDraft(api, experiment, held, !readOnly, onMoved);
  const { ran, nodes, begin } = useRan(api, experiment, held.canvas, draft.setState);
  const running = draft.state === 'Running';
  const locked = readOnly || running;
  const faults = useFaults(api, held, !readOnly && !running);

  const change = useCallback(
    (act: (canvas: Canvas) => Canvas, merge = '') =>
      step((before) => {
        const canvas = act(before.canvas);
        return canvas === before.canvas ? before : { ...before, canvas };
      }, merge),
    [step],
  );
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(''), 9_000);
    return () => clearTimeout(timer);
  }, [notice]);
  useEffect(() => {
    const known = new Set(held.canvas.items.map(({ id }) => id));
    select((before) =>
      [...before].every((id) => known.has(id))
        ? before
        : new Set([...before].filter((id) => known.has(id))),
    );
  }, [held.canvas.items]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever mends something may try again
  useEffect(() => setRefusal(null), [held.canvas]);

  const refused = useCallback(
    (reason: Reason) =>
      setNotice(
        reason.why === 'types'
          ? t('canvas.why.types', {
              from: reason.from,
              to: reason.to,
              gives: t(`ports.${reason.gives}`),
              takes: t(`ports.${reason.takes}`),
            })
          : t(`canvas.why.${reason.why}`),
      ),
    [t],
  );
  const connect = useCallback(
    (wire: Wire) => {
      if (locked) return;
      const reason = reasonAgainst(held.canvas, shelf, wire.from, wire.to);
      if (reason) return refused(reason);
      setNotice('');
      change((canvas) => withWire(canvas, wire));
    },
    [held.canvas, shelf, locked, change, refused],
  );
  /** What was put down, joined with the port that asked for it, or into the wire it lies on. */
  const add = (dragged: Dragged, place?: Place, from?: Begun, onto?: Wire): string => {
    if (locked) return '';
    const item: Item =
      dragged.kind === 'module'
        ? { id: fresh(), kind: dragged.kind, of: dragged.of, comment: '', settings: {}, links: {} }
        : dragged.kind === 'saved'
          ? { id: dragged.of, kind: dragged.kind, of: dragged.of, saved: dragged.saved }
          : { id: fresh(), kind: dragged.kind, of: freeName(held.canvas, dragged.kind) };
    const there =
      place ??
      spot(held.canvas, selected, () =>
        flow.screenToFlowPosition({ x: window.innerWidth / 2 - 110, y: window.innerHeight / 3 }),
      );
    change((canvas) => {
      const next = withItem(canvas, item, snapped(there));
      if (onto) return between(next, shelf, item, onto);
      const end = from && portFor(next, shelf, from, item);
      if (!end) return next;
      const [out, into] = from.side === 'source' ? [from.end, end] : [end, from.end];
      return withWire(next, { from: out, to: into });
    });
    select(new Set([item.id]));
    return item.id;
  };
  /** Chosen from a list beside the canvas: one sees it, too. */
  const show = (id: string) => {
    select(new Set([id]));
    const place = held.canvas.places[id];
    if (place && !inSight(place, flow))
      void flow.setCenter(place.x + WIDTH / 2, place.y + 22, {
        zoom: Math.max(0.6, flow.getZoom()),
      });
  };
  const move = useCallback(
    (places: Record<string, Place>) => change((canvas) => moved(canvas, places), 'move'),
    [change],
  );
  const remove = useCallback(
    (ids: Set<string>, wires: Set<string>) => change((canvas) => without(canvas, ids, wires)),
    [change],
  );
  const arrange = () => {
    const places = laidOut(held.canvas, measures(held.canvas, shelf, flow));
    change((canvas) => ({ ...canvas, places: { ...canvas.places, ...places } }));
    lookAt(Object.values(places), flow);
  };
  const copy = () => {
    // Other experiments may be open in other tabs.
    if (selected.size) localStorage.setItem(CLIP, JSON.stringify(partOf(held.canvas, selected)));
  };
  const paste = () => {
    const text = localStorage.getItem(CLIP);
    if (!text || locked) return;
    const [next, ids] = pasted(held.canvas, JSON.parse(text) as Canvas, fresh);
    change(() => next);
    select(new Set(ids));
    const there = ids.flatMap((id) => next.places[id] ?? []);
    if (!there.some((place) => inSight(place, flow))) lookAt(there, flow);
  };
  /** Whether it has begun. */
  const run = async (upTo?: string[]): Promise<boolean> => {
    setRefusal(null);
    try {
      const told = await draft.run(upTo);
      begin(told, held.canvas);
      return true;
    } catch (error) {
      setRefusal(error);
      return false;
    }
  };
  const rename = (name: string) => step((before) => ({ ...before, name }), 'name');
  const summarise = (summary: string) => step((before) => ({ ...before, summary }), 'summary');
  return {
    api,
    shelf,
    held,
    past,
    draft,
    ran,
    nodes,
    faults,
    selected,
    select,
    show,
    mayEdit,
    readOnly,
    running,
    locked,
    notice,
    refusal,
    setNotice,
    refused,
    change,
    connect,
    add,
    move,
    remove,
    arrange,
    copy,
    paste,
    run,
    rename,
    summarise,
  };
}

/** Below what is chosen, or where one looks, beside what is there already. */
function spot(canvas: Canvas, selected: ReadonlySet<string>, middle: () => Place): Place {
  const [first] = selected;
  const above = first ? canvas.places[first] : undefined;
  let place = above ? { x: above.x, y: above.y + STEP.y } : middle();
  const near = (other: Place) =>
    Math.abs(other.x - place.x) < 230 && Math.abs(other.y - place.y) < 80;
  while (Object.values(canvas.places).some(near)) place = { x: place.x + 40, y: place.y + STEP.y };
  return place;
}

/** How large boxes are, and where along their edge the ports lie. */
function measures(canvas: Canvas, shelf: Shelf, flow: ReactFlowInstance): Measures {
  const ports = new Map(canvas.items.map((item) => [item.id, portsOf(item, shelf)]));
  return {
    height: (id) => flow.getNode(id)?.measured?.height ?? 50,
    port: (end, side) => {
      const all = ports.get(end.id)?.[side === 'source' ? 'outputs' : 'inputs'] ?? [];
      const names = all.map(({ Name }) => Name);
      return alongEdge(names, end.port);
    },
  };
}

/** Whether a box at this place is on the part of the canvas that one looks at. */
function inSight(place: Place | undefined, flow: ReactFlowInstance): boolean {
  const seen = document.querySelector('.st-canvas')?.getBoundingClientRect();
  if (!place || !seen) return false;
  const { x, y } = flow.flowToScreenPosition(place);
  return x > seen.left - 100 && x < seen.right && y > seen.top - 20 && y < seen.bottom;
}

/** All of these boxes, as near as they can be read; by their places, which nothing has drawn yet. */
function lookAt(places: readonly Place[], flow: ReactFlowInstance): void {
  const seen = document.querySelector('.st-canvas')?.getBoundingClientRect();
  if (!seen || !places.length) return;
  const [left, top] = [
    Math.min(...places.map(({ x }) => x)),
    Math.min(...places.map(({ y }) => y)),
  ];
  const width = Math.max(...places.map(({ x }) => x)) + WIDTH - left;
  const height = Math.max(...places.map(({ y }) => y)) + 60 - top;
  const bounds = { x: left, y: top, width, height };
  const { padding, maxZoom, minZoom } = FIT;
  void flow.setViewport(
    getViewportForBounds(bounds, seen.width, seen.height, minZoom, maxZoom, padding),
  );
}

function snapped({ x, y }: Place): Place {
  return { x: Math.round(x / 10) * 10, y: Math.round(y / 10) * 10 };
}

/** A name nothing else has; works on plain http, unlike `randomUUID`. */
function fresh(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
