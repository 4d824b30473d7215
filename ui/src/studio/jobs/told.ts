/** A job's log and failures, taken apart so that a page can tell them in its language. */

/** A line of the log; an older version told it in words alone. */
export type Line = {
  Time: string;
  Text: string;
  Kind: string | null;
  Chunks: number | null;
  Chunk: number | null;
  Seconds: number | null;
  Reason: string | null;
};
const EVENTS = [
  'submitted',
  'queued',
  'cut',
  'uncut',
  'waits',
  'published',
  'cancelled',
  'again',
  'failed',
] as const;
export type Event = (typeof EVENTS)[number];
export type Failure = { module?: string; row?: number; cells?: string; reason: string };

/** What a line tells; null for what this version of the page does not know. */
export function eventOf({ Kind }: Pick<Line, 'Kind'>): Event | null {
  return EVENTS.find((each) => each === Kind) ?? null;
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
