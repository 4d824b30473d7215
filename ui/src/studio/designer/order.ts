/** The order in which one walks over a canvas by Tab: along the graph, as one reads. */
import { type Canvas, wireId } from './canvas.ts';
import { portName } from './fitting.ts';
import { portsOf, type Shelf } from './ports.ts';

/** A place where the keyboard stops: a box, one of its ports, or a wire that leaves it. */
export type Stop = { readonly key: string; readonly box: string };

/** What feeds comes before what it feeds; besides, from above to below and from left to right. */
export function orderOf({ items, wires, places }: Canvas): string[] {
  const waits = new Map(items.map(({ id }) => [id, 0]));
  const after = new Map<string, string[]>();
  for (const { from, to } of wires) {
    if (!waits.has(from.id) || !waits.has(to.id)) continue;
    waits.set(to.id, waits.get(to.id)! + 1);
    after.set(from.id, [...(after.get(from.id) ?? []), to.id]);
  }
  const place = (id: string) => places[id] ?? { x: 0, y: 0 };
  const reading = (one: string, other: string) =>
    place(one).y - place(other).y || place(one).x - place(other).x;
  const ready = [...waits.keys()].filter((id) => waits.get(id) === 0).sort(reading);
  const order: string[] = [];
  while (ready.length) {
    const id = ready.shift()!;
    order.push(id);
    for (const next of after.get(id) ?? []) {
      const left = waits.get(next)! - 1;
      waits.set(next, left);
      if (left === 0) {
        const at = ready.findIndex((each) => reading(next, each) < 0);
        ready.splice(at < 0 ? ready.length : at, 0, next);
      }
    }
  }
  return order;
}

/** Each box, then its inputs, its outputs, and the wires that leave it. */
export function stopsOf(canvas: Canvas, shelf: Shelf): Stop[] {
  const byId = new Map(canvas.items.map((item) => [item.id, item]));
  const leaving = new Map<string, string[]>();
  for (const wire of canvas.wires)
    leaving.set(wire.from.id, [...(leaving.get(wire.from.id) ?? []), wireStop(wireId(wire))]);
  return orderOf(canvas).flatMap((id) => {
    const { inputs, outputs } = portsOf(byId.get(id)!, shelf);
    const keys = [
      boxStop(id),
      ...inputs.map(({ Name }) => portName('target', { id, port: Name })),
      ...outputs.map(({ Name }) => portName('source', { id, port: Name })),
      ...(leaving.get(id) ?? []),
    ];
    return keys.map((key) => ({ key, box: id }));
  });
}

export function boxStop(id: string): string {
  return `box:${id}`;
}

export function wireStop(id: string): string {
  return `wire:${id}`;
}
