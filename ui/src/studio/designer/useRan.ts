import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { get } from '../../api/client.ts';
import { experimentQuery } from '../data/queries.ts';
import type { Experiment, ExperimentEntry, NodeStatus, RunState, Status } from '../data/types.ts';
import type { Canvas } from './canvas.ts';
import { readCanvas } from './document.ts';
import { unchanged } from './stale.ts';

/** Milliseconds until the news of a run are asked for again. */
const LOOK = 3_000;

export type Ran = {
  id: string;
  canvas: Canvas;
  nodes: ReadonlyMap<string, NodeStatus>;
  status: Status | null;
};

/** The last run: how its nodes stand, live while it goes on. */
export function useRan(
  api: string,
  begun: Experiment,
  now: Canvas,
  tell: (state: RunState) => void,
) {
  const client = useQueryClient();
  const draft = begun.Status.StatusCode === 'InDraft';
  const [ran, setRan] = useState<Ran | null>(() => (draft ? null : ranOf(begun)));
  const parent = useQuery({
    ...experimentQuery(api, begun.ParentExperimentId ?? ''),
    enabled: draft && Boolean(begun.ParentExperimentId),
    retry: false,
  });
  useEffect(() => {
    if (parent.data && parent.data.Status.StatusCode !== 'InDraft')
      setRan((known) => known ?? ranOf(parent.data!));
  }, [parent.data]);

  const [tries, setTries] = useState(0);
  const running = ran?.status?.StatusCode === 'Running' ? ran.id : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try listens anew
  useEffect(() => {
    if (!running) return;
    let timer = 0;
    const source = new EventSource(`${api}/experiments/${running}/events`);
    source.addEventListener('node', (event) => {
      const node = JSON.parse(event.data) as NodeStatus;
      setRan((known) => known && { ...known, nodes: new Map(known.nodes).set(node.NodeId, node) });
    });
    source.addEventListener('experiment', (event) => {
      const { Status: status } = JSON.parse(event.data) as ExperimentEntry;
      setRan((known) => known && { ...known, status });
      if (status.StatusCode === 'Running') return;
      source.close();
      tell(status.StatusCode);
      void client.invalidateQueries({ queryKey: ['experiments'] });
      void client.invalidateQueries({ queryKey: ['experiment'] });
    });
    // A browser gives up for good when it is refused: the session has ended, say. Asking
    // as a page does offers to sign in again; the run goes on meanwhile.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      const again = () => setTries((before) => before + 1);
      const ask = () => get(`${api}/experiments/${running}`).then(again, again);
      timer = window.setTimeout(() => void ask(), LOOK);
    };
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [api, running, tell, client, tries]);

  const begin = useCallback(({ ExperimentId, Status: status }: ExperimentEntry, canvas: Canvas) => {
    setRan({ id: ExperimentId, canvas, nodes: new Map(), status });
  }, []);
  const shown = useMemo(() => {
    if (!ran) return new Map<string, NodeStatus>();
    const same = unchanged(ran.canvas, now);
    // What waited when the run broke off waits for nothing any more.
    const ended = ran.status?.StatusCode !== 'Running';
    return new Map(
      [...ran.nodes].filter(
        ([id, { Status }]) => same.has(id) && !(ended && Status.StatusCode === 'Queued'),
      ),
    );
  }, [ran, now]);
  return { ran, nodes: shown, begin };
}

function ranOf(experiment: Experiment): Ran {
  return {
    id: experiment.ExperimentId,
    canvas: readCanvas(experiment),
    nodes: new Map(experiment.NodeStatuses.map((node) => [node.NodeId, node])),
    status: experiment.Status,
  };
}
