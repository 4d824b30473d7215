/** Places for everything on a canvas: data flow downwards, wires cross seldom and run straight. */
import { crossingsOf, ordered, placed, type Row, settled } from './alignment.ts';
import type { Canvas, End, Place } from './canvas.ts';

export const STEP = { x: 260, y: 120 };
/** Of a box. */
export const WIDTH = 220;
const SWEEPS = 12;
/** Between two rows: room for wires to turn. */
const ROOM = 70;

export type Measures = {
  /** How far to the right of its box's middle a port lies. */
  readonly port?: (end: End, side: 'source' | 'target') => number;
  readonly height?: (id: string) => number;
};
type Segment = { from: string; to: string; out: number; into: number };

export function laidOut(
  { items, wires }: Pick<Canvas, 'items' | 'wires'>,
  { port = () => 0, height = () => STEP.y - ROOM }: Measures = {},
): Record<string, Place> {
  const ids = items.map(({ id }) => id);
  const known = new Set(ids);
  const drawn = wires.filter(({ from, to }) => known.has(from.id) && known.has(to.id));
  const joined = new Set(drawn.flatMap(({ from, to }) => [from.id, to.id]));
  const graph = ids.filter((id) => joined.has(id));
  const segments = drawn.map(({ from, to }) => ({
    from: from.id,
    to: to.id,
    out: port(from, 'source'),
    into: port(to, 'target'),
  }));
  const depth = depths(graph, segments);
  const whole = segments.flatMap((segment) => passing(segment, depth));
  const rows = rowsOf(depth);
  const x = untangled(rows, whole);
  const places: Record<string, Place> = {};
  let y = 0;
  for (const row of rows) {
    const boxes = row.filter((id) => known.has(id));
    for (const id of boxes) places[id] = { x: tens(x.get(id)! - STEP.x / 2), y };
    y += Math.max(STEP.y, ROOM + Math.max(0, ...boxes.map(height)));
  }
  return {
    ...places,
    ...besides(
      ids.filter((id) => !joined.has(id)),
      places,
      y,
    ),
  };
}

/** How far a port lies from the middle of its box, of all the ports on that edge. */
export function alongEdge(names: readonly string[], port: string): number {
  const at = names.indexOf(port);
  return at < 0 ? 0 : WIDTH * ((at + 1) / (names.length + 1) - 0.5);
}

/** The order of each row that crosses the fewest wires, and then the straightest places for it. */
function untangled(rows: Row[], segments: Segment[]): Map<string, number> {
  let best = { rows: copied(rows), crossings: Number.POSITIVE_INFINITY };
  // From more than one beginning: each leads to another order that no single change betters.
  for (const begin of [rows, rows.map((row) => row.toReversed())])
    for (const first of [0, 1]) {
      const tried = copied(begin);
      const x = inARow(tried);
      for (let sweep = 0; sweep <= SWEEPS && best.crossings > 0; sweep += 1) {
        const crossings = crossingsOf(tried, segments, x);
        if (crossings < best.crossings) best = { rows: copied(tried), crossings };
        ordered(tried, segments, x, sweep % 2 === first);
      }
    }
  best.rows.forEach((row, at) => {
    rows[at] = row;
  });
  const x = inARow(rows);
  settled(rows, segments, x);
  return x;
}

function copied(rows: readonly Row[]): Row[] {
  return rows.map((row) => [...row]);
}

function inARow(rows: Row[]): Map<string, number> {
  const x = new Map<string, number>();
  for (const row of rows) placed(row, () => 0, x);
  return x;
}

/** Stand-ins on the rows that a long wire passes, so that it does not run under boxes. */
function passing(segment: Segment, depth: Map<string, number>): Segment[] {
  const [first, last] = [depth.get(segment.from)!, depth.get(segment.to)!];
  const parts: Segment[] = [];
  let { from, out } = segment;
  for (let row = first + 1; row < last; row += 1) {
    const id = `\0${depth.size}`;
    depth.set(id, row);
    parts.push({ from, to: id, out, into: 0 });
    [from, out] = [id, 0];
  }
  return [...parts, { ...segment, from, out }];
}

function rowsOf(depth: ReadonlyMap<string, number>): Row[] {
  const rows: Row[] = Array.from({ length: Math.max(-1, ...depth.values()) + 1 }, () => []);
  for (const [id, row] of depth) rows[row]!.push(id);
  return rows;
}

/** The longest way from above; what feeds something lies right above it. */
function depths(ids: string[], segments: Segment[]): Map<string, number> {
  const above = new Map<string, string[]>(ids.map((id) => [id, []]));
  const below = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of segments) {
    above.get(to)!.push(from);
    below.get(from)!.push(to);
  }
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

/** What nothing is connected with stands in a block below the graph. */
function besides(loose: string[], graph: Record<string, Place>, top: number) {
  const left = Math.min(...Object.values(graph).map(({ x }) => x));
  const wide = Math.ceil(Math.sqrt(loose.length));
  const from = Number.isFinite(left) ? left : 0;
  return Object.fromEntries(
    loose.map((id, at) => [
      id,
      { x: from + (at % wide) * STEP.x, y: top + Math.floor(at / wide) * STEP.y },
    ]),
  );
}

function tens(length: number): number {
  return Math.round(length / 10) * 10;
}
