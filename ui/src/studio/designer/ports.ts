/** Which ports there are, and why two of them do not connect. */
import type { Telling } from '../data/telling.ts';
import type { Module, Port, PortType, Saved } from '../data/types.ts';
import { type Canvas, type End, type Item, itemOf, ONLY } from './canvas.ts';

export type Ports = { inputs: Port[]; outputs: Port[] };
export type Shelf = { modules: Map<string, Module>; saved: Map<string, Saved>; tell: Telling };
export type Reason =
  | { why: 'unknown' | 'itself' | 'circle' }
  | { why: 'types'; from: string; to: string; gives: PortType; takes: PortType };

const NONE: Ports = { inputs: [], outputs: [] };
const ONE: Port[] = [{ Name: ONLY, Type: 'DataTable' }];

export function portsOf(item: Item, shelf: Shelf): Ports {
  if (item.kind === 'input') return { inputs: [], outputs: ONE };
  if (item.kind === 'output') return { inputs: ONE, outputs: [] };
  if (item.kind === 'module') {
    const module = shelf.modules.get(item.of);
    return module ? { inputs: module.InputPorts, outputs: module.OutputPorts } : NONE;
  }
  return { inputs: [], outputs: oneOf(savedType(item, shelf)) };
}

export function nameOf(item: Item, shelf: Shelf): string {
  if (item.kind === 'module') return shelf.tell.module(shelf.modules.get(item.of)?.Name ?? item.of);
  if (item.kind === 'saved') return shelf.saved.get(item.of)?.Name ?? item.of;
  return item.of;
}

const ones = new Map<PortType, Port[]>();

/** The same array each time, so that a node sees that nothing changed. */
function oneOf(type: PortType): Port[] {
  const known = ones.get(type) ?? [{ Name: ONLY, Type: type }];
  ones.set(type, known);
  return known;
}

/** Null where the two connect. */
export function reasonAgainst(canvas: Canvas, shelf: Shelf, from: End, to: End): Reason | null {
  const [source, target] = [itemOf(canvas, from.id), itemOf(canvas, to.id)];
  const gives = source && portsOf(source, shelf).outputs.find(({ Name }) => Name === from.port);
  const takes = target && portsOf(target, shelf).inputs.find(({ Name }) => Name === to.port);
  if (!source || !target || !gives || !takes) return { why: 'unknown' };
  if (from.id === to.id) return { why: 'itself' };
  if (!fits(source, gives.Type, takes.Type))
    return {
      why: 'types',
      from: source.kind === 'module' ? shelf.tell.of('ports', gives.Name) : nameOf(source, shelf),
      to: target.kind === 'module' ? shelf.tell.of('ports', takes.Name) : nameOf(target, shelf),
      gives: gives.Type,
      takes: takes.Type,
    };
  return leads(canvas, to.id, from.id) ? { why: 'circle' } : null;
}

/** What is saved tells only roughly what it is; the server knows better. */
function fits(source: Item, gives: PortType, takes: PortType): boolean {
  if (gives === takes) return true;
  if (source.saved === 'trainedmodels') return takes === 'ILearner' || takes === 'ICluster';
  if (source.saved === 'transformmodules') return takes === 'ITransform' || takes === 'IFilter';
  return false;
}

function savedType({ saved, of }: Item, shelf: Shelf): PortType {
  if (saved === 'trainedmodels') return 'ILearner';
  if (saved === 'transformmodules') return 'ITransform';
  return shelf.saved.get(of)?.DataTypeId === 'Zip' ? 'Zip' : 'DataTable';
}

function leads(canvas: Canvas, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const wire of canvas.wires) {
    const known = next.get(wire.from.id);
    if (known) known.push(wire.to.id);
    else next.set(wire.from.id, [wire.to.id]);
  }
  const seen = new Set<string>();
  const waiting = [from];
  while (waiting.length) {
    const id = waiting.pop()!;
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(next.get(id) ?? []));
  }
  return false;
}

/** Inputs that nothing feeds and that must be fed. */
export function openInputs(canvas: Canvas, item: Item, shelf: Shelf): Port[] {
  return portsOf(item, shelf).inputs.filter(
    (port) =>
      !port.IsOptional &&
      !canvas.wires.some(({ to }) => to.id === item.id && to.port === port.Name),
  );
}
