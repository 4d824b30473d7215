/** Where a wire that is being drawn may end: seen before it is let go. */
import { createContext } from 'react';
import type { Canvas, End } from './canvas.ts';
import { portsOf, reasonAgainst, type Shelf } from './ports.ts';

export type Side = 'source' | 'target';

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
