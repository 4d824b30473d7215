/** A job's log and failures, taken apart so that a page can tell them in its language. */

/** What happened, as a key below `jobs.log`, and what goes into the sentence. */
export type Event = {
  key: 'submitted' | 'queued' | 'cut' | 'planned' | 'published' | 'cancelled' | 'again' | 'failed';
  count?: number;
  what?: string;
};
export type Wait = { key: 'waits' | 'chunkWaits'; chunk: string; seconds: number; what: string };
export type Failure = { module?: string; row?: number; cells?: string; reason: string };

const PLAIN: Record<string, Event['key']> = {
  registered: 'submitted',
  'started: queued': 'queued',
  'published: finished': 'published',
  cancelled: 'cancelled',
  'queued again after a failure': 'again',
};

/** Null for a line that this version of the page does not know: it stays as it is. */
export function eventOf(text: string): Event | Wait | null {
  const key = PLAIN[text];
  if (key) return { key };
  const cut = /^planned: (\d+) chunks$/.exec(text);
  if (cut) return { key: 'cut', count: Number(cut[1]) };
  const said = /^(planned|failed): (.+)$/s.exec(text);
  if (said) return { key: said[1] as 'planned' | 'failed', what: said[2] };
  const waits = /^(?:the job|chunk (\d+)) waits for ([\d.e+-]+) s: (.+)$/s.exec(text);
  if (!waits) return null;
  const [, chunk, pause, what] = waits;
  return {
    key: chunk ? 'chunkWaits' : 'waits',
    chunk: chunk ?? '',
    seconds: Number(pause),
    what: what!,
  };
}

/** `Module: M; Row: 3; Column: a; Value: 'x'; Job Id: J. Reason`: all but the reason may lack. */
export function failureOf(details: string): Failure {
  const found =
    /^(?:Module: (.+?); )?(?:Row: (\d+); (?:(Column: .*?); )?)?Job Id: \S+\. (.+)$/s.exec(details);
  if (!found) return { reason: details };
  const [, module, row, cells, reason] = found;
  return {
    ...(module && { module }),
    ...(row && { row: Number(row) }),
    ...(cells && { cells: cells.replaceAll('Column: ', '').replaceAll('; Value: ', ' = ') }),
    reason: reason!,
  };
}
