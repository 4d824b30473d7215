/** The canvas as the drawing library wants it; what did not change stays the same object. */
import type { Edge } from '@xyflow/react';
import type { Fault, NodeStatus } from '../data/types.ts';
import { type Canvas, type Item, type Wire, wireId } from './canvas.ts';
import { portName } from './fitting.ts';
import type { ItemData, ItemNode } from './ModuleNode.tsx';
import { nameOf, portsOf, type Shelf } from './ports.ts';

export type Shown = {
  canvas: Canvas;
  shelf: Shelf;
  nodes: ReadonlyMap<string, NodeStatus>;
  faults: ReadonlyMap<string, Fault[]>;
  /** Words before the name, for those who hear it. */
  spoken: (item: Item, title: string) => string;
  /** What a box is called, for those who hear it. */
  role: string;
};

export function nodesOf(shown: Shown, before: readonly ItemNode[]): ItemNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const feeding = feedingOf(shown.canvas, shown.shelf);
  const domAttributes = { tabIndex: -1, 'aria-roledescription': shown.role };
  return shown.canvas.items.map((item) => {
    const data = dataOf(item, shown, feeding);
    const old = known.get(item.id);
    const position = shown.canvas.places[item.id] ?? { x: 0, y: 0 };
    const ariaLabel = shown.spoken(item, data.title);
    if (!old) return { id: item.id, type: 'item', position, data, ariaLabel, domAttributes };
    const same = alike(old.data, data);
    const there = old.position.x === position.x && old.position.y === position.y;
    if (same && (there || old.dragging) && old.ariaLabel === ariaLabel) return old;
    return {
      ...old,
      ariaLabel,
      domAttributes,
      data: same ? old.data : data,
      position: there ? old.position : position,
    };
  });
}

export function edgesOf(
  { wires, items }: Canvas,
  shelf: Shelf,
  spoken: (from: string, to: string) => string,
  role: string,
  before: readonly Edge[],
): Edge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const byId = new Map(items.map((item) => [item.id, item]));
  const name = (id: string) => {
    const item = byId.get(id);
    return item ? nameOf(item, shelf) : id;
  };
  const domAttributes = { tabIndex: -1, 'aria-roledescription': role };
  return wires.map((wire) => {
    const id = wireId(wire);
    const ariaLabel = spoken(name(wire.from.id), name(wire.to.id));
    const old = known.get(id);
    if (old) return old.ariaLabel === ariaLabel ? old : { ...old, ariaLabel, domAttributes };
    return {
      id,
      source: wire.from.id,
      sourceHandle: wire.from.port,
      target: wire.to.id,
      targetHandle: wire.to.port,
      ariaLabel,
      domAttributes,
      className: lookOf(wire, byId, shelf),
    };
  });
}

/** Wires look like the ports they join; those of the web service are dashed. */
function lookOf({ from, to }: Wire, items: ReadonlyMap<string, Item>, shelf: Shelf): string {
  const source = items.get(from.id);
  const type = source && portsOf(source, shelf).outputs.find(({ Name }) => Name === from.port);
  const served = source?.kind === 'input' || items.get(to.id)?.kind === 'output';
  return `${served ? 'st-service ' : ''}st-wire-${type?.Type ?? 'DataTable'}`;
}

/** The name of what feeds an input, by the input. */
function feedingOf({ wires, items }: Canvas, shelf: Shelf): ReadonlyMap<string, string> {
  const byId = new Map(items.map((item) => [item.id, item]));
  const feeding = new Map<string, string>();
  for (const { from, to } of wires) {
    const source = byId.get(from.id);
    if (source) feeding.set(portName('target', to), nameOf(source, shelf));
  }
  return feeding;
}

function dataOf(
  item: Item,
  { shelf, nodes, faults }: Shown,
  feeding: ReadonlyMap<string, string>,
): ItemData {
  const { inputs, outputs } = portsOf(item, shelf);
  const status = nodes.get(item.id)?.Status;
  const mine = [...(faults.get(item.id) ?? [])];
  if (item.kind !== 'module') mine.push(...(faults.get(item.of) ?? []));
  const told = mine.map(({ Message }) => shelf.tell.message(Message));
  return {
    title: nameOf(item, shelf),
    comment: item.comment ?? '',
    kind: item.kind,
    category: shelf.modules.get(item.of)?.Category ?? '',
    inputs,
    outputs,
    fed: inputs.map(
      ({ Name }) => feeding.get(portName('target', { id: item.id, port: Name })) ?? '',
    ),
    state: status && status.StatusCode !== 'InDraft' ? status.StatusCode : null,
    cached: nodes.get(item.id)?.Cached ?? false,
    message: shelf.tell.message(status?.StatusDetail || '') || told.join('\n'),
    faulty: mine.length > 0,
  };
}

function alike(one: ItemData, other: ItemData): boolean {
  const { fed, ...rest } = other;
  return (
    fed.every((name, at) => name === one.fed[at]) &&
    (Object.keys(rest) as (keyof typeof rest)[]).every((key) => one[key] === rest[key])
  );
}
