import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { useForget } from '../data/queries.ts';
import type { Experiment, ExperimentEntry, RunState } from '../data/types.ts';
import { contentOf, type Held } from './held.ts';
import { forget as drop, keep } from './kept.ts';

const PAUSE = 700;
/** Milliseconds between tries while the server cannot be reached. */
const AGAIN = 4_000;
export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed';
export type Draft = {
  id: string;
  state: RunState;
  saving: Saving;
  error: unknown;
  /** Somebody else has changed the draft: only a copy keeps both. */
  stale: boolean;
  /** Told by the news of a run. */
  setState: (state: RunState) => void;
  /** Saves, then runs all, or what these nodes need. */
  run: (upTo?: string[]) => Promise<ExperimentEntry>;
  flush: () => Promise<void>;
};

/** Keeps the server's draft at what is on the canvas. */
export function useDraft(
  api: string,
  begun: Experiment,
  held: Held,
  edits: boolean,
  onMoved: (id: string) => void,
): Draft {
  const entry = useRef({ id: begun.ExperimentId, etag: begun.Etag });
  const [id, setId] = useState(begun.ExperimentId);
  const [state, setShown] = useState<RunState>(begun.Status.StatusCode);
  const known = useRef<RunState>(begun.Status.StatusCode);
  const [saving, setSaving] = useState<Saving>('saved');
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(held);
  latest.current = held;
  const saved = useRef(held);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const moved = useRef(onMoved);
  moved.current = onMoved;
  const forget = useForget();
  const forgetting = useRef(forget);
  forgetting.current = forget;

  const setState = useCallback((next: RunState) => {
    known.current = next;
    setShown(next);
  }, []);

  const take = useCallback(
    (told: ExperimentEntry) => {
      const other = told.ExperimentId !== entry.current.id;
      entry.current = { id: told.ExperimentId, etag: told.Etag };
      setState(told.Status.StatusCode);
      void forgetting.current('experiments');
      if (!other) return;
      setId(told.ExperimentId);
      moved.current(told.ExperimentId);
    },
    [setState],
  );

  const send = useCallback(
    async (extra: object) => {
      const content = latest.current;
      // A run that has ended is left as it is: the server saves into the draft behind it.
      const etag = known.current === 'InDraft' ? entry.current.etag : undefined;
      setSaving('saving');
      try {
        const told = await post<ExperimentEntry>(`${api}/experiments/${entry.current.id}`, {
          ...contentOf(content),
          Etag: etag,
          ...extra,
        });
        drop(entry.current.id);
        saved.current = content;
        setError(null);
        setSaving(latest.current === content ? 'saved' : 'unsaved');
        take(told);
        return told;
      } catch (caught) {
        // A run that is refused leaves the draft to be saved as before.
        const running = 'RunUpTo' in extra;
        if (!running) setError(caught);
        setSaving(running ? 'unsaved' : 'failed');
        throw caught;
      }
    },
    [api, take],
  );

  const flush = useCallback(() => {
    const next = queue.current.then(async () => {
      if (latest.current !== saved.current && known.current !== 'Running')
        await send({ IsDraft: true });
    });
    queue.current = next.catch(() => undefined);
    return next;
  }, [send]);

  const run = useCallback(
    (upTo?: string[]) => {
      const next = flush().then(() => send({ IsDraft: false, RunUpTo: upTo ?? [] }));
      queue.current = next.catch(() => undefined);
      return next;
    },
    [flush, send],
  );

  useEffect(() => {
    if (!edits || held === saved.current) return;
    keep(entry.current.id, entry.current.etag, held);
    setSaving((before) => (before === 'saving' ? before : 'unsaved'));
    const timer = setTimeout(() => void flush().catch(() => undefined), PAUSE);
    return () => clearTimeout(timer);
  }, [held, edits, flush]);

  const stale = error instanceof ApiError && error.status === 412;
  useEffect(() => {
    if (!edits || saving !== 'failed' || !unreached(error)) return;
    const timer = setTimeout(() => void flush().catch(() => undefined), AGAIN);
    return () => clearTimeout(timer);
  }, [edits, saving, error, flush]);

  // Whoever signs in again goes on where the session ended.
  const { csrf } = useSession();
  const session = useRef(csrf);
  useEffect(() => {
    if (csrf === session.current) return;
    session.current = csrf;
    if (edits) void flush().catch(() => undefined);
  }, [csrf, edits, flush]);

  useEffect(() => {
    if (!edits) return;
    const leave = (event: BeforeUnloadEvent) => {
      if (latest.current === saved.current) return;
      void flush().catch(() => undefined);
      event.preventDefault();
    };
    window.addEventListener('beforeunload', leave);
    return () => {
      window.removeEventListener('beforeunload', leave);
      moved.current = () => undefined;
      void flush().catch(() => undefined);
    };
  }, [edits, flush]);

  return { id, state, saving, error, stale, setState, run, flush };
}

/** Trying again may help: nobody has said that what was sent is wrong. */
function unreached(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}
