import { type FinalConnectionState, type OnConnectStartParams, useStoreApi } from '@xyflow/react';
import { type RefObject, useCallback, useRef, useState } from 'react';
import { type Canvas, type End, type Item, itemOf, type Wire } from './canvas.ts';
import { type Begun, fittingPorts, portFor, type Side } from './fitting.ts';
import { portsOf, type Reason, reasonAgainst, type Shelf } from './ports.ts';

type Latest = {
  canvas: Canvas;
  shelf: Shelf;
  onConnect: (wire: Wire) => void;
  onRefused: (reason: Reason) => void;
};

/**
 * A wire that is being drawn: pulled from a port, or from one clicked port to the other.
 * Let go over a box, it ends at the port that fits; over nothing, one is asked what shall be there.
 */
export function useDrawing(
  latest: RefObject<Latest>,
  onNowhere: (x: number, y: number, drawn: Begun) => void,
) {
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
      begun.current = null;
      if (!drawn) return;
      const { canvas, shelf, onConnect, onRefused } = latest.current;
      const port = toHandle ? { id: toHandle.nodeId, port: toHandle.id ?? '' } : portAt(event);
      if (port && port.id === drawn.end.id && port.port === drawn.end.port) return;
      const under = port ? undefined : itemOf(canvas, boxAt(event) ?? '');
      if (!port && !under) {
        const { clientX, clientY } = pointOf(event);
        return onNowhere(clientX, clientY, drawn);
      }
      if (under?.id === drawn.end.id) return;
      const other = port ?? portFor(canvas, shelf, drawn, under!) ?? anyPort(drawn, under!, shelf);
      if (!other) return;
      const [from, to] = drawn.side === 'source' ? [drawn.end, other] : [other, drawn.end];
      const reason = reasonAgainst(canvas, shelf, from, to);
      if (reason) onRefused(reason);
      else if (!port) onConnect({ from, to });
    },
    [latest, onNowhere],
  );
  const giveUp = useCallback(() => {
    begun.current = null;
    setFitting(null);
    store.setState({ connectionClickStartHandle: null });
  }, [store]);
  return { fitting, began, ended, giveUp };
}

/** The port that was clicked; the drawing library tells it only of wires that were pulled. */
function portAt(event: MouseEvent | TouchEvent): End | null {
  const port = elementAt(event)?.closest<HTMLElement>('.react-flow__handle');
  return port ? { id: port.dataset.nodeid ?? '', port: port.dataset.handleid ?? '' } : null;
}

function boxAt(event: MouseEvent | TouchEvent): string | null {
  return elementAt(event)?.closest<HTMLElement>('.react-flow__node')?.dataset.id ?? null;
}

/** A finger lets go somewhere else than where its touch began. */
function elementAt(event: MouseEvent | TouchEvent): Element | null {
  if (!('changedTouches' in event)) return event.target as Element | null;
  const { clientX, clientY } = pointOf(event);
  return document.elementFromPoint(clientX, clientY);
}

function pointOf(event: MouseEvent | TouchEvent): { clientX: number; clientY: number } {
  return 'changedTouches' in event ? event.changedTouches[0]! : event;
}

/** A port that does not fit, to say why. */
function anyPort({ side }: Begun, item: Item, shelf: Shelf): End | null {
  const { inputs, outputs } = portsOf(item, shelf);
  const [port] = side === 'source' ? inputs : outputs;
  return port ? { id: item.id, port: port.Name } : null;
}
