import './canvas.css';
import './box.css';
import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  type Connection,
  type Edge,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  Panel,
  ReactFlow,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import {
  type DragEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault, NodeStatus } from '../data/types.ts';
import { type Canvas, type Place, type Wire, wireId } from './canvas.ts';
import { DRAGGED, type Dragged } from './entries.ts';
import { type Begun, Fitting } from './fitting.ts';
import { edgesOf, nodesOf } from './flow.ts';
import { Guides, useGuides } from './Guides.tsx';
import { type ItemNode, ModuleNode } from './ModuleNode.tsx';
import type { Called } from './NodeMenu.tsx';
import { type Reason, reasonAgainst, type Shelf } from './ports.ts';
import type { Asked } from './QuickAdd.tsx';
import { useDrawing } from './useDrawing.ts';
import { useWalk } from './useWalk.ts';
import { FIT, Zoom } from './Zoom.tsx';

const TYPES = { item: ModuleNode };

type Props = {
  canvas: Canvas;
  shelf: Shelf;
  nodes: ReadonlyMap<string, NodeStatus>;
  faults: ReadonlyMap<string, Fault[]>;
  locked: boolean;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
  onMove: (places: Record<string, Place>) => void;
  onConnect: (wire: Wire) => void;
  onDelete: (ids: Set<string>, wires: Set<string>) => void;
  onDrop: (dragged: Dragged, place: Place, onto?: Wire) => void;
  onRefused: (reason: Reason) => void;
  onOpen: (id: string) => void;
  onMenu: (called: Called) => void;
  onAsk: (asked: Asked) => void;
};

/** The graph itself: boxes, wires, a small map. */
export function CanvasView(props: Props) {
  const { canvas, shelf, nodes: statuses, faults, locked, selected } = props;
  const { t } = useTranslation('studio');
  const flow = useReactFlow();
  const clicked = useStore((state) => state.connectionClickStartHandle !== null);
  const far = useStore(({ transform }) => transform[2] < FAR);
  const [nodes, setNodes] = useState<ItemNode[]>([]);
  const [edges, setEdges] = useState<Edge[]>([]);
  // An empty canvas stays where it is when the first thing is put onto it.
  const [filled] = useState(canvas.items.length > 0);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const spoken = (item: Canvas['items'][number], title: string) =>
      item.kind === 'module' ? title : `${t(`palette.kinds.${item.kind}`)}: ${title}`;
    setNodes((before) =>
      nodesOf({ canvas, shelf, nodes: statuses, faults, spoken, role: t('canvas.box') }, before),
    );
  }, [canvas, shelf, statuses, faults, t]);
  useEffect(() => {
    const spoken = (from: string, to: string) => t('canvas.wire', { from, to });
    setEdges((before) => edgesOf(canvas, shelf, spoken, t('canvas.line'), before));
  }, [canvas, shelf, t]);
  useEffect(() => {
    setNodes((before) =>
      before.some((node) => Boolean(node.selected) !== selected.has(node.id))
        ? before.map((node) =>
            Boolean(node.selected) === selected.has(node.id)
              ? node
              : { ...node, selected: selected.has(node.id) },
          )
        : before,
    );
  }, [selected]);

  const change = useCallback((changes: NodeChange<ItemNode>[]) => {
    setNodes((before) => applyNodeChanges(changes, before));
    const picked = changes.filter((each) => each.type === 'select');
    if (picked.length) {
      const ids = new Set(latest.current.selected);
      for (const each of picked) each.selected ? ids.add(each.id) : ids.delete(each.id);
      latest.current.onSelect(ids);
    }
    const places: Record<string, Place> = {};
    for (const each of changes)
      if (each.type === 'position' && !each.dragging && each.position)
        places[each.id] = each.position;
    const known = latest.current.canvas.places;
    const really = Object.entries(places).some(
      ([id, { x, y }]) => known[id]?.x !== x || known[id]?.y !== y,
    );
    if (really) latest.current.onMove(places);
  }, []);
  const changeEdges = useCallback(
    (changes: EdgeChange[]) => setEdges((before) => applyEdgeChanges(changes, before)),
    [],
  );
  const connected = useCallback((connection: Connection) => {
    latest.current.onConnect(wireOf(connection));
  }, []);
  const valid = useCallback((connection: Connection | Edge) => {
    const { from, to } = wireOf(connection);
    const { canvas: now, shelf: known } = latest.current;
    return reasonAgainst(now, known, from, to) === null;
  }, []);
  const ask = useCallback(
    (x: number, y: number, from?: Begun) => {
      const { locked: still, onAsk } = latest.current;
      if (!still) onAsk({ x, y, place: flow.screenToFlowPosition({ x, y }), from });
    },
    [flow],
  );
  const { guides, drag, drop: settle } = useGuides(nodes);
  const { fitting, began, ended, giveUp } = useDrawing(latest, ask);
  const walk = useWalk({
    canvas,
    shelf,
    fitting,
    onGiveUp: giveUp,
    onAsk: (at, from) => {
      const { left, top, bottom, width, height } = at.getBoundingClientRect();
      if (at.matches('.react-flow')) ask(left + width / 2, top + height / 3);
      else ask(left + width / 2, from?.side === 'target' ? top - 70 : bottom + 60, from);
    },
  });
  const drop = (event: DragEvent) => {
    const text = event.dataTransfer.getData(DRAGGED);
    if (!text || locked) return;
    event.preventDefault();
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const under = (event.target as Element).closest<SVGElement>('.react-flow__edge')?.dataset.id;
    const onto = under && canvas.wires.find((wire) => wireId(wire) === under);
    props.onDrop(JSON.parse(text) as Dragged, { x: x - 110, y: y - 20 }, onto || undefined);
  };
  const words = useMemo(
    () => ({
      'node.a11yDescription.default': t('canvas.node'),
      'node.a11yDescription.keyboardDisabled': t('canvas.node'),
      'node.a11yDescription.ariaLiveMessage': ({ x, y }: { x: number; y: number }) =>
        t('canvas.moved', { x: Math.round(x), y: Math.round(y) }),
      'edge.a11yDescription.default': t('canvas.edge'),
      'minimap.ariaLabel': t('canvas.map'),
      'handle.ariaLabel': t('canvas.port'),
    }),
    [t],
  );
  return (
    <Fitting value={fitting}>
      <ReactFlow
        className={far ? 'st-canvas st-far' : 'st-canvas'}
        aria-label={t('canvas.title')}
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        onNodesChange={change}
        onEdgesChange={changeEdges}
        onConnect={connected}
        onConnectStart={began}
        onConnectEnd={ended}
        onClickConnectStart={began}
        onClickConnectEnd={ended}
        isValidConnection={valid}
        onDelete={(gone) =>
          props.onDelete(
            new Set(gone.nodes.map(({ id }) => id)),
            new Set(gone.edges.map(({ id }) => id)),
          )
        }
        onPaneClick={giveUp}
        onDoubleClick={(event) => {
          if ((event.target as Element).matches('.react-flow__pane'))
            ask(event.clientX, event.clientY);
        }}
        onKeyDown={walk}
        onDrop={drop}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(DRAGGED)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }}
        tabIndex={0}
        onNodeContextMenu={(event, node) => {
          event.preventDefault();
          props.onSelect(new Set(selected.has(node.id) ? selected : [node.id]));
          props.onMenu({ id: node.id, ...whereOf(event) });
        }}
        onNodeDoubleClick={(_event, node) => props.onOpen(node.id)}
        onNodeDrag={drag}
        onNodeDragStop={settle}
        nodesDraggable={!locked}
        nodesConnectable={!locked}
        deleteKeyCode={locked ? null : DELETE}
        multiSelectionKeyCode={MANY}
        zoomOnDoubleClick={false}
        minZoom={0.03}
        maxZoom={2}
        snapToGrid
        snapGrid={GRID}
        onlyRenderVisibleElements={nodes.length > 80}
        connectionRadius={28}
        fitView={filled}
        fitViewOptions={FIT}
        ariaLabelConfig={words}
      >
        {fitting && clicked && (
          <Panel position="top-center" className="st-drawing" role="status">
            {t('canvas.drawing', { count: fitting.size - 1 })}
          </Panel>
        )}
        <Guides guides={guides} />
        <Background gap={20} size={1} />
        <Zoom />
        {nodes.length > 0 && (
          <MiniMap pannable zoomable className="st-map" style={MAP} nodeClassName={mapped} />
        )}
      </ReactFlow>
    </Fitting>
  );
}

/** Called by a key, the menu opens at the box instead of at the pointer. */
function whereOf(event: MouseEvent): Place {
  if (event.clientX || event.clientY) return { x: event.clientX, y: event.clientY };
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  return { x: left, y: bottom };
}

/** Nobody can read a box that is drawn smaller than this. */
const FAR = 0.25;
const DELETE = ['Delete', 'Backspace'];
const MANY = ['Meta', 'Control', 'Shift'];
const GRID: [number, number] = [10, 10];
const MAP = { width: 150, height: 100 };

function mapped({ data }: ItemNode | { data: Record<string, unknown> }): string {
  return `st-map-${String(data.state ?? data.kind)}`;
}

function wireOf(connection: Connection | Edge): Wire {
  return {
    from: { id: connection.source, port: connection.sourceHandle ?? '' },
    to: { id: connection.target, port: connection.targetHandle ?? '' },
  };
}
