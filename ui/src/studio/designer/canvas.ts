/** What lies on the canvas, and the changes one can make; nothing here knows the page. */
import type { SavedKind, ServiceParameter } from '../data/types.ts';

export type Kind = 'module' | 'saved' | 'input' | 'output';
export type Item = {
  readonly id: string;
  readonly kind: Kind;
  /** Id of the module or of what is saved; the name of a web service port. */
  readonly of: string;
  readonly saved?: SavedKind;
  readonly comment?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Parameters that take their value from a web service parameter. */
  readonly links?: Readonly<Record<string, string>>;
};
export type End = { readonly id: string; readonly port: string };
export type Wire = { readonly from: End; readonly to: End };
export type Place = { readonly x: number; readonly y: number };
export type Canvas = {
  readonly items: readonly Item[];
  readonly wires: readonly Wire[];
  readonly places: Readonly<Record<string, Place>>;
  readonly parameters: readonly ServiceParameter[];
};

export const EMPTY: Canvas = { items: [], wires: [], places: {}, parameters: [] };
/** The port of things that have only one. */
export const ONLY = 'data';

export function wireId({ from, to }: Wire): string {
  return `${from.id}:${from.port}→${to.id}:${to.port}`;
}

export function itemOf(canvas: Canvas, id: string): Item | undefined {
  return canvas.items.find((item) => item.id === id);
}

export function withItem(canvas: Canvas, item: Item, place: Place): Canvas {
  if (itemOf(canvas, item.id)) return canvas;
  return {
    ...canvas,
    items: [...canvas.items, item],
    places: { ...canvas.places, [item.id]: place },
  };
}

export function without(canvas: Canvas, ids: ReadonlySet<string>, wires: ReadonlySet<string>) {
  const places = Object.fromEntries(Object.entries(canvas.places).filter(([id]) => !ids.has(id)));
  return forgetLostLinks({
    ...canvas,
    items: canvas.items.filter(({ id }) => !ids.has(id)),
    wires: canvas.wires.filter(
      (wire) => !ids.has(wire.from.id) && !ids.has(wire.to.id) && !wires.has(wireId(wire)),
    ),
    places,
  });
}

/** An input takes one wire, and one from a web service input besides. */
export function withWire(canvas: Canvas, wire: Wire): Canvas {
  const served = (id: string) => itemOf(canvas, id)?.kind === 'input';
  const kept = canvas.wires.filter(({ from, to }) => {
    const sameEnd = to.id === wire.to.id && to.port === wire.to.port;
    if (sameEnd && served(from.id) === served(wire.from.id)) return false;
    return !(served(wire.from.id) && from.id === wire.from.id);
  });
  return { ...canvas, wires: [...kept, wire] };
}

export function withSetting(canvas: Canvas, id: string, name: string, value: string | null) {
  return changed(canvas, id, (item) => {
    const { [name]: _gone, ...rest } = item.settings ?? {};
    return { ...item, settings: value === null ? rest : { ...rest, [name]: value } };
  });
}

export function withComment(canvas: Canvas, id: string, comment: string): Canvas {
  return changed(canvas, id, (item) => ({ ...item, comment }));
}

/** Another name for a web service port. */
export function renamed(canvas: Canvas, id: string, name: string): Canvas {
  return changed(canvas, id, (item) => ({ ...item, of: name }));
}

export function linked(
  canvas: Canvas,
  id: string,
  setting: string,
  parameter: ServiceParameter | null,
): Canvas {
  const next = changed(canvas, id, (item) => {
    const { [setting]: _gone, ...rest } = item.links ?? {};
    return { ...item, links: parameter ? { ...rest, [setting]: parameter.Name } : rest };
  });
  if (!parameter) return forgetLostLinks(next);
  const known = next.parameters.some(({ Name }) => Name === parameter.Name);
  return known ? next : { ...next, parameters: [...next.parameters, parameter] };
}

export function withParameter(
  canvas: Canvas,
  name: string,
  change: (parameter: ServiceParameter) => ServiceParameter,
): Canvas {
  const before = canvas.parameters.find(({ Name }) => Name === name);
  if (!before) return canvas;
  const after = change(before);
  const relinked = (item: Item): Item =>
    item.links && Object.values(item.links).includes(name)
      ? {
          ...item,
          links: Object.fromEntries(
            Object.entries(item.links).map(([setting, link]) => [
              setting,
              link === name ? after.Name : link,
            ]),
          ),
        }
      : item;
  return {
    ...canvas,
    items: after.Name === name ? canvas.items : canvas.items.map(relinked),
    parameters: canvas.parameters.map((each) => (each === before ? after : each)),
  };
}

export function moved(canvas: Canvas, places: Record<string, Place>): Canvas {
  return { ...canvas, places: { ...canvas.places, ...places } };
}

/** Copies with new ids, with the wires between them, a little to the side. */
export function pasted(canvas: Canvas, clip: Canvas, fresh: () => string): [Canvas, string[]] {
  const ids = new Map<string, string>();
  for (const { id, kind } of clip.items) ids.set(id, kind === 'saved' ? id : fresh());
  const aside = asideOf(canvas, clip);
  let next = canvas;
  for (const item of clip.items) {
    const id = ids.get(item.id)!;
    if (itemOf(canvas, id)) continue;
    const { kind } = item;
    const of = kind === 'input' || kind === 'output' ? freeName(next, kind) : item.of;
    const { x, y } = clip.places[item.id] ?? { x: 0, y: 0 };
    next = withItem(next, { ...item, id, of, links: {} }, { x: x + aside, y: y + aside });
  }
  const known = new Set(canvas.wires.map(wireId));
  const wires = clip.wires
    .map(({ from, to }) => ({
      from: { ...from, id: ids.get(from.id)! },
      to: { ...to, id: ids.get(to.id)! },
    }))
    .filter((wire) => !known.has(wireId(wire)));
  return [{ ...next, wires: [...next.wires, ...wires] }, [...ids.values()]];
}

/** How far a copy is moved, right and down, to lie on nothing that is there. */
function asideOf(canvas: Canvas, clip: Canvas): number {
  const taken = new Set(Object.values(canvas.places).map(({ x, y }) => `${x} ${y}`));
  const moved = Object.entries(clip.places).filter(([id]) =>
    clip.items.some((item) => item.id === id && item.kind !== 'saved'),
  );
  for (let aside = 40; ; aside += 40)
    if (!moved.some(([, { x, y }]) => taken.has(`${x + aside} ${y + aside}`))) return aside;
}

/** The chosen part alone: what copying takes. */
export function partOf(canvas: Canvas, ids: ReadonlySet<string>): Canvas {
  return {
    items: canvas.items.filter(({ id }) => ids.has(id)),
    wires: canvas.wires.filter(({ from, to }) => ids.has(from.id) && ids.has(to.id)),
    places: Object.fromEntries(Object.entries(canvas.places).filter(([id]) => ids.has(id))),
    parameters: [],
  };
}

/** `input1`, `input2`, …: the first that is free. */
export function freeName(canvas: Canvas, kind: 'input' | 'output'): string {
  const taken = new Set(canvas.items.filter((item) => item.kind === kind).map(({ of }) => of));
  for (let number = 1; ; number += 1) if (!taken.has(`${kind}${number}`)) return `${kind}${number}`;
}

function changed(canvas: Canvas, id: string, change: (item: Item) => Item): Canvas {
  return { ...canvas, items: canvas.items.map((item) => (item.id === id ? change(item) : item)) };
}

function forgetLostLinks(canvas: Canvas): Canvas {
  const used = new Set(canvas.items.flatMap(({ links }) => Object.values(links ?? {})));
  const parameters = canvas.parameters.filter(({ Name }) => used.has(Name));
  return parameters.length === canvas.parameters.length ? canvas : { ...canvas, parameters };
}
