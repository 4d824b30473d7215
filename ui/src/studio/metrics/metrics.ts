/** What the services process counts of an endpoint's calls, and what charts take of it. */

export const WINDOWS = ['hour', 'day'] as const;
export type Window = (typeof WINDOWS)[number];
export type Counted = {
  Calls: number;
  /** By the code that callers were told. */
  Errors: Record<string, number>;
  Throttled: number;
  Rows: number;
  Seconds: number;
  P50: number | null;
  P90: number | null;
  P99: number | null;
  RowsPerScoring: number | null;
  CallsPerBatch: number | null;
};
export type Point = Counted & { Time: string };
/** How many were as small as the bound, or smaller. */
export type Bound = { UpTo: string; Count: number };
export type Metrics = {
  Since: string;
  InFlight: number;
  MaxConcurrentCalls: number;
  CallsBySeconds: Bound[];
  ScoringsByRows: Bound[];
  BatchesByCalls: Bound[];
  Batching?: {
    Active: boolean;
    /** Why calls are not scored together: a code, and the server's words. */
    Reason: string;
    Why: string;
    MaxRows: number;
    MaxWaitMilliseconds: number;
  };
  Window: { Name: Window; StepSeconds: number; Total: Counted; Points: Point[] };
};

/** Calls that were refused: all of them, and those that were no lack of room. */
export function refused({ Errors, Throttled }: Counted): { all: number; failed: number } {
  const all = Object.values(Errors).reduce((sum, count) => sum + count, 0);
  return { all, failed: Math.max(0, all - Throttled) };
}

export type Part = { from: number | null; to: number | null; count: number };

/** How many lie between each two bounds; empty parts at both ends are left out. */
export function partsOf(bounds: readonly Bound[]): Part[] {
  const parts = bounds.map(({ UpTo, Count }, at) => ({
    from: at ? Number(bounds[at - 1]!.UpTo) : null,
    to: UpTo === '+Inf' ? null : Number(UpTo),
    count: Count - (at ? bounds[at - 1]!.Count : 0),
  }));
  const first = parts.findIndex(({ count }) => count > 0);
  const last = parts.findLastIndex(({ count }) => count > 0);
  return first < 0 ? [] : parts.slice(first, last + 1);
}
