/** What the dashboard makes of the reports: spans, buckets, totals, comparisons. */

export type ReportRecord = {
  name?: string;
  timestamp?: string;
  apiId?: string;
  operationId?: string;
  productId?: string;
  subscriptionId?: string;
  userId?: string;
  callCountSuccess: number;
  callCountBlocked: number;
  callCountFailed: number;
  callCountOther: number;
  callCountTotal: number;
  bandwidth: number;
  cacheHitCount: number;
  cacheMissCount: number;
  apiTimeAvg?: number;
  apiTimeMax?: number;
  apiTimeP50?: number;
  apiTimeP95?: number;
  serviceTimeAvg?: number;
};

export const RANGES = ['1h', '24h', '7d', '30d', '90d'] as const;
export type Range = (typeof RANGES)[number];
export type Span = { from: number; to: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LENGTH: Record<Range, number> = {
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '90d': 90 * DAY,
};
const BUCKET: Record<Range, number> = {
  '1h': 15 * MINUTE,
  '24h': HOUR,
  '7d': 4 * HOUR,
  '30d': DAY,
  '90d': 2 * DAY,
};

/** The range that ends now, in whole minutes, so that asking again gives the same. */
export function spanOf(range: Range, now: number): Span {
  const to = Math.ceil((now + 1) / MINUTE) * MINUTE;
  return { from: to - LENGTH[range], to };
}

/** The span of the same length that ended when this one began. */
export function before(span: Span): Span {
  return { from: span.from - (span.to - span.from), to: span.from };
}

export function during(span: Span): string {
  const moment = (time: number) => `datetime'${new Date(time).toISOString().slice(0, 19)}'`;
  return `timestamp ge ${moment(span.from)} and timestamp lt ${moment(span.to)}`;
}

export function intervalOf(range: Range): string {
  return `PT${BUCKET[range] / MINUTE}M`;
}

export type Bucket = { time: number; record: ReportRecord | null };

/** A bucket for each interval of the span, also where nothing was called. */
export function filled(records: readonly ReportRecord[], range: Range, span: Span): Bucket[] {
  const length = BUCKET[range];
  const known = new Map(records.map((one) => [Date.parse(one.timestamp ?? ''), one]));
  const buckets: Bucket[] = [];
  for (let time = Math.floor(span.from / length) * length; time < span.to; time += length)
    buckets.push({ time, record: known.get(time) ?? null });
  return buckets;
}

/** By how much a figure grew: 0.25 is a quarter more; null when there was nothing. */
export function growth(now: number | undefined, then: number | undefined): number | null {
  if (now === undefined || !then) return null;
  return (now - then) / then;
}

export const NOTHING: ReportRecord = {
  callCountSuccess: 0,
  callCountBlocked: 0,
  callCountFailed: 0,
  callCountOther: 0,
  callCountTotal: 0,
  bandwidth: 0,
  cacheHitCount: 0,
  cacheMissCount: 0,
};
