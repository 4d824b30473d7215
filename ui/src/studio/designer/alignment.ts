/** Where boxes of a row stand: the order that wires want, and places as near as may be to it. */

export type Row = string[];
type Joint = { from: string; to: string; out: number; into: number };
/** Two boxes beside each other; a box and a wire that passes; two such wires. */
const GAPS = [260, 180, 60] as const;
const PASSES = 8;
/** How much more a long wire wants to run straight than a short one. */
const STRAIGHT = 8;

/** Sorts each row, going down or up, by where its wires come from. */
export function ordered(rows: Row[], joints: Joint[], x: Map<string, number>, down: boolean): void {
  const way = down ? [...rows.keys()] : [...rows.keys()].reverse();
  const wanted = wishes(joints);
  for (const at of way) {
    const row = rows[at]!;
    const wish = new Map(row.map((id) => [id, mean(wanted(id, down ? 'above' : 'below'), id, x)]));
    row.sort((one, other) => wish.get(one)! - wish.get(other)!);
    placed(row, (id) => wish.get(id)!, x);
    swapped(rows, at, joints, x);
  }
}

/** Neighbours change places where fewer wires cross so. */
function swapped(rows: Row[], at: number, joints: Joint[], x: Map<string, number>): void {
  const row = rows[at]!;
  const inside = new Set(row);
  const mine = joints.filter(({ from, to }) => inside.has(from) || inside.has(to));
  const near = [rows[at - 1], row, rows[at + 1]].filter((each) => each !== undefined);
  if (mine.length > MANY) return;
  let crossings = crossingsOf(near, mine, x);
  for (let place = 0; place + 1 < row.length && crossings > 0; place += 1) {
    const [one, other] = [row[place]!, row[place + 1]!];
    const [left, right] = [x.get(one)!, x.get(other)!];
    x.set(one, right).set(other, left);
    const fewer = crossingsOf(near, mine, x);
    if (fewer < crossings) {
      [row[place], row[place + 1]] = [other, one];
      crossings = fewer;
    } else x.set(one, left).set(other, right);
  }
}
const MANY = 120;

/** Boxes move towards what they are joined with, as far as their neighbours in the row let them. */
export function settled(rows: Row[], joints: Joint[], x: Map<string, number>): void {
  const wanted = wishes(joints);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const down = pass % 2 === 0;
    const way = down ? [...rows.keys()] : [...rows.keys()].reverse();
    for (const at of way) {
      const side = pass >= PASSES - 2 ? 'both' : down ? 'above' : 'below';
      placed(rows[at]!, (id) => mean(wanted(id, side), id, x), x);
    }
  }
}

/**
 * The places nearest to the wishes that keep the order and the gaps:
 * boxes that push each other become a block, and a block stands at the mean of its wishes.
 */
export function placed(row: Row, wish: (id: string) => number, x: Map<string, number>): void {
  const offsets: number[] = [];
  const blocks: Block[] = [];
  row.forEach((id, at) => {
    offsets.push(at === 0 ? 0 : offsets[at - 1]! + gap(row[at - 1]!, id));
    const weight = weightOf(id);
    blocks.push({ sum: weight * (wish(id) - offsets[at]!), weight, count: 1 });
    while (blocks.length > 1 && middle(blocks.at(-2)!) >= middle(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const before = blocks.at(-1)!;
      before.sum += last.sum;
      before.weight += last.weight;
      before.count += last.count;
    }
  });
  const starts = blocks.flatMap((block) => Array<number>(block.count).fill(middle(block)));
  row.forEach((id, at) => {
    x.set(id, starts[at]! + offsets[at]!);
  });
}

export function crossingsOf(rows: Row[], joints: Joint[], x: ReadonlyMap<string, number>): number {
  const rowOf = new Map(rows.flatMap((row, at) => row.map((id) => [id, at] as const)));
  const between = new Map<number, [number, number][]>();
  for (const { from, to, out, into } of joints) {
    const at = rowOf.get(from);
    if (at === undefined || rowOf.get(to) !== at + 1) continue;
    const ends: [number, number] = [x.get(from)! + out, x.get(to)! + into];
    between.set(at, [...(between.get(at) ?? []), ends]);
  }
  let crossings = 0;
  for (const wires of between.values())
    wires.forEach(([top, bottom], at) => {
      for (const [otherTop, otherBottom] of wires.slice(at + 1))
        if ((top - otherTop) * (bottom - otherBottom) < 0) crossings += 1;
    });
  return crossings;
}

type Wish = { id: string; shift: number };

/** By box and side: what it would like to stand under or over, port to port. */
function wishes(joints: Joint[]): (id: string, side: 'above' | 'below' | 'both') => Wish[] {
  const above = new Map<string, Wish[]>();
  const below = new Map<string, Wish[]>();
  for (const { from, to, out, into } of joints) {
    above.set(to, [...(above.get(to) ?? []), { id: from, shift: out - into }]);
    below.set(from, [...(below.get(from) ?? []), { id: to, shift: into - out }]);
  }
  return (id, side) => [
    ...(side === 'below' ? [] : (above.get(id) ?? [])),
    ...(side === 'above' ? [] : (below.get(id) ?? [])),
  ];
}

function mean(wanted: Wish[], id: string, x: ReadonlyMap<string, number>): number {
  if (!wanted.length) return x.get(id) ?? 0;
  let [sum, weight] = [0, 0];
  for (const { id: other, shift } of wanted) {
    const pull = Math.max(weightOf(id), weightOf(other));
    sum += pull * (x.get(other)! + shift);
    weight += pull;
  }
  return sum / weight;
}

function weightOf(id: string): number {
  return standIn(id) ? STRAIGHT : 1;
}

function gap(one: string, other: string): number {
  return GAPS[Number(standIn(one)) + Number(standIn(other))]!;
}

/** A wire that passes, not a box. */
function standIn(id: string): boolean {
  return id.startsWith('\0');
}

type Block = { sum: number; weight: number; count: number };

function middle({ sum, weight }: Block): number {
  return sum / weight;
}
