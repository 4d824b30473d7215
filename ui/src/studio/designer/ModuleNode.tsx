import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { type KeyboardEvent, memo, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Port, RunState } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { AreaSign } from './AreaSign.tsx';
import { type Kind, ONLY } from './canvas.ts';
import { Fitting, portName, type Side } from './fitting.ts';
import { StateSign } from './StateSign.tsx';

export type ItemData = {
  title: string;
  comment: string;
  kind: Kind;
  /** Of a module: where the palette has it. */
  category: string;
  inputs: Port[];
  outputs: Port[];
  /** What feeds each of the inputs; empty where nothing does. */
  fed: string[];
  state: RunState | null;
  cached: boolean;
  /** Why it failed, or why it cannot run. */
  message: string;
  faulty: boolean;
};
export type ItemNode = Node<ItemData, 'item'>;

/** One thing on the canvas: its name, its ports, how it is doing. */
export const ModuleNode = memo(function ModuleNode({
  id,
  data,
  isConnectable,
}: NodeProps<ItemNode>) {
  return (
    <div className="st-node" data-kind={data.kind} data-state={data.state ?? undefined}>
      <Ports of={id} side="target" ports={data.inputs} fed={data.fed} free={isConnectable} />
      <div className="st-node-row">
        <AreaSign kind={data.kind} category={data.category} />
        <span className="st-node-title">{data.title}</span>
        {data.faulty && !data.state && (
          <span className="st-node-fault" title={data.message}>
            <CircleAlert size={16} aria-hidden />
            <span className="app-hidden">{data.message}</span>
          </span>
        )}
        {data.state && <StateSign state={data.state} why={data.message} />}
      </div>
      {data.comment && <div className="st-node-comment">{data.comment}</div>}
      <Ports of={id} side="source" ports={data.outputs} free={isConnectable} />
    </div>
  );
});

/** Circles along an edge of the box; while a wire is drawn they tell whether it may end there. */
function Ports({
  of,
  side,
  ports,
  fed = [],
  free,
}: {
  of: string;
  side: Side;
  ports: Port[];
  fed?: string[];
  /** Whether wires may begin and end here. */
  free: boolean;
}) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const fitting = useContext(Fitting);
  const told = ({ Name, Type }: Port) => {
    const name = Name === ONLY ? t(`ports.${Type}`) : tell.of('ports', Name);
    return name === t(`ports.${Type}`) ? name : `${name} (${t(`ports.${Type}`)})`;
  };
  return ports.map((port, at) => (
    <Handle
      key={port.Name}
      id={port.Name}
      role="button"
      tabIndex={-1}
      aria-disabled={!free || undefined}
      isConnectable={free}
      isConnectableStart={free}
      aria-label={t(`canvas.${side}`, {
        port: told(port),
        from: fed[at],
        context: fed[at] && 'fed',
      })}
      onKeyDown={press}
      type={side}
      position={side === 'target' ? Position.Top : Position.Bottom}
      className="st-port"
      data-type={port.Type}
      data-fits={fitting?.has(portName(side, { id: of, port: port.Name }))}
      data-told={told(port)}
      style={{ left: `${(100 * (at + 1)) / (ports.length + 1)}%` }}
    />
  ));
}

/** What a click does, by keyboard; the box around is not meant. */
function press(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.click();
}
