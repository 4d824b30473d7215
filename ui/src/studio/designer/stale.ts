/** Which results of a run still belong to what is on the canvas now. */
import type { Canvas } from './canvas.ts';

/** Everything that a node's result depends on, as a text for each node. */
export function signatures(canvas: Canvas): Map<string, string> {
  const found = new Map<string, string>();
  const items = new Map(canvas.items.map((item) => [item.id, item]));
  const into = new Map<string, typeof canvas.wires>();
  for (const wire of canvas.wires) into.set(wire.to.id, [...(into.get(wire.to.id) ?? []), wire]);
  const values = new Map(canvas.parameters.map(({ Name, Value }) => [Name, String(Value ?? '')]));
  const walk = (id: string, on: Set<string>): string => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const item = items.get(id);
    if (!item || on.has(id)) return '';
    on.add(id);
    const settings = Object.entries(item.settings ?? {})
      .filter(([name]) => !item.links?.[name])
      .sort();
    const links = Object.values(item.links ?? {}).map((name) => [name, values.get(name)]);
    const feeds = (into.get(id) ?? [])
      .filter(({ from }) => items.get(from.id)?.kind !== 'input')
      .map(({ from, to }) => `${to.port}<${from.port}<${walk(from.id, on)}`)
      .sort();
    on.delete(id);
    const text = digest(JSON.stringify([item.of, settings, links, feeds]));
    found.set(id, text);
    return text;
  };
  for (const { id } of canvas.items) walk(id, new Set());
  return found;
}

/** Nodes whose result in `ran` is what `now` would give. */
export function unchanged(ran: Canvas, now: Canvas): Set<string> {
  const before = signatures(ran);
  const after = signatures(now);
  return new Set([...after].filter(([id, text]) => before.get(id) === text).map(([id]) => id));
}

/** FNV-1a twice over: short, and clashes are out of the question for a canvas. */
function digest(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x9dc5811c;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ (code + at), 0x01000193);
  }
  return `${(one >>> 0).toString(36)}.${(other >>> 0).toString(36)}`;
}
