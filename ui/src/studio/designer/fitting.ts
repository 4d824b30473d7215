/** Where a wire that is being drawn may end: seen before it is let go. */
import { createContext } from 'react';
import { type Canvas, type End, type Item, type Wire, withItem, withWire } from './canvas.ts';
import type { Dragged } from './entries.ts';
import { portsOf, reasonAgainst, type Shelf } from './ports.ts';

export type Side = 'source' | 'target';

/** The port a wire is drawn from. */
export type Begun = { side: Side; end: End };

/** The names of ports that fit; null while no wire is drawn. */
export const Fitting = createContext<ReadonlySet<string> | null>(null);

export function portName(side: Side, { id, port }: End): string {
  return `${side}:${id}:${port}`;
}

export function fittingPorts(canvas: Canvas, shelf: Shelf, side: Side, drawn: End): Set<string> {
  const found = new Set<string>([portName(side, drawn)]);
  const [wanted, offered] =
    side === 'source' ? (['target', 'inputs'] as const) : (['source', 'outputs'] as const);
  for (const item of canvas.items)
    for (const { Name } of portsOf(item, shelf)[offered]) {
      const other = { id: item.id, port: Name };
      const [from, to] = side === 'source' ? [drawn, other] : [other, drawn];
      if (reasonAgainst(canvas, shelf, from, to) === null) found.add(portName(wanted, other));
    }
  return found;
}

/** The port of a box at which a wire from `drawn` may end; one that is free, if there is one. */
export function portFor(canvas: Canvas, shelf: Shelf, drawn: Begun, item: Item): End | null {
  const { inputs, outputs } = portsOf(item, shelf);
  const fed = new Set(canvas.wires.map(({ to }) => portName('target', to)));
  const ends = (drawn.side === 'source' ? inputs : outputs)
    .map(({ Name }) => ({ id: item.id, port: Name }))
    .filter((end) => {
      const [from, to] = drawn.side === 'source' ? [drawn.end, end] : [end, drawn.end];
      return reasonAgainst(canvas, shelf, from, to) === null;
    });
  return ends.find((end) => !fed.has(portName('target', end))) ?? ends[0] ?? null;
}

/** A wire that leads through a box put onto it; as it was, where the box does not fit. */
export function between(canvas: Canvas, shelf: Shelf, item: Item, { from, to }: Wire): Canvas {
  const into = portFor(canvas, shelf, { side: 'source', end: from }, item);
  const out = portFor(canvas, shelf, { side: 'target', end: to }, item);
  if (!into || !out) return canvas;
  return withWire(withWire(canvas, { from, to: into }), { from: out, to });
}

/** Whether something that is not on the canvas yet has a port for the wire. */
export function wouldFit(canvas: Canvas, shelf: Shelf, drawn: Begun, gives: Dragged): boolean {
  const item: Item = { id: '\0new', of: '', ...gives };
  return portFor(withItem(canvas, item, { x: 0, y: 0 }), shelf, drawn, item) !== null;
}
