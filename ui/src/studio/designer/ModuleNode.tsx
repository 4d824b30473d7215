import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import {
  Ban,
  Check,
  CircleAlert,
  Clock,
  Database,
  LoaderCircle,
  LogIn,
  LogOut,
  X,
} from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Port, RunState } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import type { Kind } from './canvas.ts';

export type ItemData = {
  title: string;
  comment: string;
  kind: Kind;
  inputs: Port[];
  outputs: Port[];
  state: RunState | null;
  cached: boolean;
  /** Why it failed, or why it cannot run. */
  message: string;
  faulty: boolean;
};
export type ItemNode = Node<ItemData, 'item'>;

const SIGNS = {
  Queued: Clock,
  InDraft: null,
  Running: LoaderCircle,
  Finished: Check,
  Failed: X,
  Canceled: Ban,
} as const;
const KINDS = { module: null, saved: Database, input: LogIn, output: LogOut } as const;

/** One thing on the canvas: its name, its ports, how it is doing. */
export const ModuleNode = memo(function ModuleNode({ data }: NodeProps<ItemNode>) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const Sign = data.state ? SIGNS[data.state] : null;
  const Icon = KINDS[data.kind];
  const state = data.state && data.state !== 'InDraft' ? t(`state.${data.state}`) : '';
  return (
    <div className="st-node" data-kind={data.kind} data-state={data.state ?? undefined}>
      {data.inputs.map((port, at) => (
        <Handle
          key={port.Name}
          id={port.Name}
          type="target"
          position={Position.Top}
          className="st-port"
          data-type={port.Type}
          title={`${tell.of('ports', port.Name)} (${t(`ports.${port.Type}`)})`}
          style={{ left: `${(100 * (at + 1)) / (data.inputs.length + 1)}%` }}
        />
      ))}
      <div className="st-node-row">
        {Icon && <Icon size={14} aria-hidden className="st-node-kind" />}
        <span className="st-node-title">{data.title}</span>
        {data.faulty && !data.state && (
          <span className="st-node-fault" title={data.message}>
            <CircleAlert size={16} aria-hidden />
            <span className="app-hidden">{data.message}</span>
          </span>
        )}
        {Sign && (
          <span className="st-node-state" title={data.message || state}>
            <Sign size={16} aria-hidden />
            <span className="app-hidden">{state}</span>
          </span>
        )}
      </div>
      {data.comment && <div className="st-node-comment">{data.comment}</div>}
      {data.outputs.map((port, at) => (
        <Handle
          key={port.Name}
          id={port.Name}
          type="source"
          position={Position.Bottom}
          className="st-port"
          data-type={port.Type}
          title={`${tell.of('ports', port.Name)} (${t(`ports.${port.Type}`)})`}
          style={{ left: `${(100 * (at + 1)) / (data.outputs.length + 1)}%` }}
        />
      ))}
    </div>
  );
});
