/** Places for everything on a canvas: data flow downwards, wires cross seldom. */
import type { Canvas, Place } from './canvas.ts';

export const STEP = { x: 260, y: 120 };
const SWEEPS = 6;

export function laidOut({ items, wires }: Pick<Canvas, 'items' | 'wires'>): Record<string, Place> {
  const ids = items.map(({ id }) => id);
  const known = new Set(ids);
  const above = new Map<string, string[]>(ids.map((id) => [id, []]));
  const below = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of wires) {
    if (!known.has(from.id) || !known.has(to.id)) continue;
    above.get(to.id)!.push(from.id);
    below.get(from.id)!.push(to.id);
  }
  const depth = depths(ids, above, below);
  const all = [...ids, ...passing(ids, depth, above, below)];
  const rows: string[][] = [];
  for (const id of all) {
    const row = depth.get(id)!;
    rows[row] ??= [];
    rows[row].push(id);
  }
  const filled = Array.from(rows, (row) => row ?? []);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const order = down ? [...filled.keys()] : [...filled.keys()].reverse();
    for (const at of order) sortRow(filled, at, down ? above : below);
  }
  const wide = Math.max(1, ...filled.map((row) => row.length));
  const places: Record<string, Place> = {};
  filled.forEach((row, at) => {
    row.forEach((id, place) => {
      if (known.has(id))
        places[id] = { x: (place + (wide - row.length) / 2) * STEP.x, y: at * STEP.y };
    });
  });
  return places;
}

/** Stand-ins on the rows that a long wire passes, so that it does not run under boxes. */
function passing(
  ids: string[],
  depth: Map<string, number>,
  above: Map<string, string[]>,
  below: Map<string, string[]>,
): string[] {
  const made: string[] = [];
  for (const from of ids)
    below.set(
      from,
      below.get(from)!.map((to) => {
        let before = from;
        let first = '';
        for (let row = depth.get(from)! + 1; row < depth.get(to)!; row += 1) {
          const id = `\0${made.length}`;
          made.push(id);
          depth.set(id, row);
          above.set(id, [before]);
          below.set(id, []);
          if (before !== from) below.set(before, [id]);
          first ||= id;
          before = id;
        }
        if (!first) return to;
        below.set(before, [to]);
        above.set(
          to,
          above.get(to)!.map((one) => (one === from ? before : one)),
        );
        return first;
      }),
    );
  return made;
}

/** The longest way from above; what feeds something lies right above it. */
function depths(ids: string[], above: Map<string, string[]>, below: Map<string, string[]>) {
  const depth = new Map<string, number>();
  const walk = (id: string, on: Set<string>): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    if (on.has(id)) return 0;
    on.add(id);
    const found = Math.max(0, ...above.get(id)!.map((one) => walk(one, on) + 1));
    on.delete(id);
    depth.set(id, found);
    return found;
  };
  for (const id of ids) walk(id, new Set());
  for (const id of ids) {
    const next = below.get(id)!.map((one) => depth.get(one)!);
    if (!above.get(id)!.length && next.length) depth.set(id, Math.max(0, Math.min(...next) - 1));
  }
  return depth;
}

function sortRow(rows: string[][], at: number, beside: Map<string, string[]>): void {
  const centre = new Map<string, number>();
  for (const row of rows)
    row.forEach((id, place) => {
      centre.set(id, place - (row.length - 1) / 2);
    });
  const mean = (id: string): number => {
    const others = beside.get(id)!.map((one) => centre.get(one) ?? 0);
    if (!others.length) return centre.get(id) ?? 0;
    return others.reduce((sum, one) => sum + one, 0) / others.length;
  };
  const wanted = new Map(rows[at]!.map((id) => [id, mean(id)]));
  rows[at]!.sort((one, other) => wanted.get(one)! - wanted.get(other)!);
}
