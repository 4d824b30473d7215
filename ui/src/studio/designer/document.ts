/** The canvas as the document that the server keeps, and back. */
import type {
  Experiment,
  Graph,
  NodeDocument,
  SavedKind,
  WebServiceDocument,
} from '../data/types.ts';
import { type Canvas, type End, type Item, ONLY, type Place, type Wire } from './canvas.ts';
import { alongEdge, laidOut, type Measures } from './layout.ts';

type Content = Pick<Experiment, 'Graph' | 'WebService'>;
const SAVED: ['DataSourceId' | 'TrainedModelId' | 'TransformModuleId', SavedKind][] = [
  ['DataSourceId', 'datasources'],
  ['TrainedModelId', 'trainedmodels'],
  ['TransformModuleId', 'transformmodules'],
];
const PLACE =
  /<NodePosition\s+Node=(['"])(.*?)\1\s+Position=(['"])(.*?)\3\s*(?:Kind=(['"])(.*?)\5)?/g;

export function readCanvas({ Graph: graph, WebService: service }: Content): Canvas {
  const items: Item[] = [];
  const wires: Wire[] = graph.EdgesInternal.map((edge) => ({
    from: endOf(edge.SourceOutputPortId),
    to: endOf(edge.DestinationInputPortId),
  }));
  for (const node of graph.ModuleNodes) {
    items.push(moduleOf(node));
    for (const port of node.InputPortsInternal ?? [])
      for (const [field, saved] of SAVED) {
        const id = port[field];
        if (!id) continue;
        if (!items.some((item) => item.id === id)) items.push({ id, kind: 'saved', of: id, saved });
        wires.push({ from: { id, port: ONLY }, to: { id: node.Id, port: port.Name } });
      }
  }
  for (const { Id, Name, PortId } of service.Inputs) {
    items.push({ id: Id, kind: 'input', of: Name });
    if (PortId) wires.push({ from: { id: Id, port: ONLY }, to: endOf(PortId) });
  }
  for (const { Id, Name, PortId } of service.Outputs) {
    items.push({ id: Id, kind: 'output', of: Name });
    if (PortId) wires.push({ from: endOf(PortId), to: { id: Id, port: ONLY } });
  }
  const { places, kinds } = readPlaces(graph.SerializedClientData ?? '');
  // Datasets that nothing is connected to yet are known by their place only.
  for (const [id, saved] of Object.entries(kinds))
    if (!items.some((item) => item.id === id)) items.push({ id, kind: 'saved', of: id, saved });
  const canvas = { items, wires, places, parameters: service.Parameters };
  const lost = items.some(({ id }) => !places[id]);
  if (!lost) return canvas;
  return { ...canvas, places: { ...laidOut(canvas, measured(graph, wires)), ...places } };
}

/** Where ports lie, as far as the document tells: it names all inputs, and outputs that lead on. */
function measured(graph: Graph, wires: readonly Wire[]): Measures {
  const inputs = new Map(
    graph.ModuleNodes.map(({ Id, InputPortsInternal: ports }) => [
      Id,
      (ports ?? []).map(({ Name }) => Name),
    ]),
  );
  const outputs = (id: string) =>
    [...new Set(wires.filter(({ from }) => from.id === id).map(({ from }) => from.port))].sort();
  return {
    port: ({ id, port }, side) =>
      alongEdge(side === 'target' ? (inputs.get(id) ?? []) : outputs(id), port),
  };
}

export function writeCanvas(canvas: Canvas): { Graph: Graph; WebService: WebServiceDocument } {
  const kindOf = new Map(canvas.items.map((item) => [item.id, item]));
  const modules = canvas.items.filter(({ kind }) => kind === 'module');
  const ports = (kind: 'input' | 'output') =>
    canvas.items
      .filter((item) => item.kind === kind)
      .map((item) => {
        const wire = canvas.wires.find(
          ({ from, to }) => (kind === 'input' ? from : to).id === item.id,
        );
        const end = wire && (kind === 'input' ? wire.to : wire.from);
        return { Id: item.id, Name: item.of, PortId: end ? textOf(end) : '' };
      });
  const Inputs = ports('input');
  const Outputs = ports('output');
  return {
    Graph: {
      ModuleNodes: modules.map((item) => nodeOf(item, canvas, kindOf)),
      EdgesInternal: canvas.wires
        .filter(({ from, to }) => isModule(kindOf, from.id) && isModule(kindOf, to.id))
        .map(({ from, to }) => ({
          SourceOutputPortId: textOf(from),
          DestinationInputPortId: textOf(to),
        })),
      SerializedClientData: writePlaces(canvas),
    },
    WebService: {
      IsWebServiceExperiment: Inputs.length > 0 || Outputs.length > 0,
      Inputs,
      Outputs,
      Parameters: [...canvas.parameters],
    },
  };
}

function moduleOf(node: NodeDocument): Item {
  const settings: Record<string, string> = {};
  const links: Record<string, string> = {};
  for (const { Name, Value, LinkedGlobalParameter } of node.ModuleParameters ?? []) {
    if (Value !== null && Value !== undefined) settings[Name] = Value;
    if (LinkedGlobalParameter) links[Name] = LinkedGlobalParameter;
  }
  const comment = node.Comment ?? '';
  return { id: node.Id, kind: 'module', of: node.ModuleId, comment, settings, links };
}

function nodeOf(item: Item, canvas: Canvas, kindOf: Map<string, Item>): NodeDocument {
  const names = new Set([...Object.keys(item.settings ?? {}), ...Object.keys(item.links ?? {})]);
  const fed = canvas.wires.filter(({ to }) => to.id === item.id);
  const inputs = [...new Set(fed.map(({ to }) => to.port))].map((port) => {
    const source = fed
      .filter(({ to }) => to.port === port)
      .map(({ from }) => kindOf.get(from.id))
      .find((from) => from?.kind === 'saved');
    const field = SAVED.find(([, kind]) => kind === source?.saved)?.[0];
    return { Name: port, NodeId: item.id, ...(source && field ? { [field]: source.of } : {}) };
  });
  return {
    Id: item.id,
    ModuleId: item.of,
    Comment: item.comment ?? '',
    CommentCollapsed: !item.comment,
    ModuleParameters: [...names].map((name) => ({
      Name: name,
      Value: item.settings?.[name] ?? null,
      ValueType: 'Literal',
      LinkedGlobalParameter: item.links?.[name] ?? null,
    })),
    InputPortsInternal: inputs,
    OutputPortsInternal: [],
  };
}

function isModule(kindOf: Map<string, Item>, id: string): boolean {
  return kindOf.get(id)?.kind === 'module';
}

function endOf(text: string): End {
  const at = text.indexOf(':');
  return { id: text.slice(0, at), port: text.slice(at + 1) };
}

function textOf({ id, port }: End): string {
  return `${id}:${port}`;
}

function readPlaces(xml: string) {
  const places: Record<string, Place> = {};
  const kinds: Record<string, SavedKind> = {};
  for (const [, , node, , position, , kind] of xml.matchAll(PLACE)) {
    const [x, y] = position!.split(',').map(Number);
    const id = unescaped(node!);
    if (Number.isFinite(x) && Number.isFinite(y)) places[id] = { x: x!, y: y! };
    if (kind) kinds[id] = kind as SavedKind;
  }
  return { places, kinds };
}

function writePlaces({ items, places }: Canvas): string {
  const lines = items.map(({ id, saved }) => {
    const { x, y } = places[id] ?? { x: 0, y: 0 };
    const kind = saved ? ` Kind='${saved}'` : '';
    return `<NodePosition Node='${escaped(id)}' Position='${Math.round(x)},${Math.round(y)},220,64'${kind}/>`;
  });
  return `<?xml version='1.0' encoding='utf-16'?><DataV1 xmlns:xsd='http://www.w3.org/2001/XMLSchema' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><Meta /><NodePositions>${lines.join('')}</NodePositions><NodeGroups /></DataV1>`;
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' } as const;

function escaped(text: string): string {
  return text.replace(/[&<>'"]/g, (sign) => ENTITIES[sign as '&']);
}

function unescaped(text: string): string {
  return Object.entries(ENTITIES).reduceRight(
    (so, [sign, entity]) => so.replaceAll(entity, sign),
    text,
  );
}
