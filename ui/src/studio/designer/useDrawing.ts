import { type FinalConnectionState, type OnConnectStartParams, useStoreApi } from '@xyflow/react';
import { type RefObject, useCallback, useRef, useState } from 'react';
import type { Canvas, End } from './canvas.ts';
import { fittingPorts, type Side } from './fitting.ts';
import { type Reason, reasonAgainst, type Shelf } from './ports.ts';

type Latest = { canvas: Canvas; shelf: Shelf; onRefused: (reason: Reason) => void };
type Begun = { side: Side; end: End };

/** A wire that is being drawn: pulled from a port, or from one clicked port to the other. */
export function useDrawing(latest: RefObject<Latest>) {
  const store = useStoreApi();
  const begun = useRef<Begun | null>(null);
  const [fitting, setFitting] = useState<ReadonlySet<string> | null>(null);
  const began = useCallback(
    (_event: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
      const { canvas, shelf } = latest.current;
      const drawn = { side: handleType as Side, end: { id: nodeId ?? '', port: handleId ?? '' } };
      begun.current = drawn;
      setFitting(fittingPorts(canvas, shelf, drawn.side, drawn.end));
    },
    [latest],
  );
  const ended = useCallback(
    (event: MouseEvent | TouchEvent, { toHandle }: FinalConnectionState) => {
      setFitting(null);
      const drawn = begun.current;
      const other = toHandle ? { id: toHandle.nodeId, port: toHandle.id ?? '' } : portAt(event);
      begun.current = null;
      if (!drawn || !other) return;
      if (other.id === drawn.end.id && other.port === drawn.end.port) return;
      const [out, into] = drawn.side === 'source' ? [drawn.end, other] : [other, drawn.end];
      const reason = reasonAgainst(latest.current.canvas, latest.current.shelf, out, into);
      if (reason) latest.current.onRefused(reason);
    },
    [latest],
  );
  const giveUp = useCallback(() => {
    begun.current = null;
    setFitting(null);
    store.setState({ connectionClickStartHandle: null });
  }, [store]);
  return { fitting, began, ended, giveUp };
}

/** The port that was clicked; the drawing library tells it only of wires that were pulled. */
function portAt({ target }: Event): End | null {
  const port = (target as Element | null)?.closest<HTMLElement>('.react-flow__handle');
  return port ? { id: port.dataset.nodeid ?? '', port: port.dataset.handleid ?? '' } : null;
}
