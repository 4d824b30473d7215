import type { Span, UsageRecord } from '../data.ts';

export const RANGES = ['1h', 'today', '7d', '30d', '90d'] as const;
export type Range = (typeof RANGES)[number];
const DAY = 86_400_000;

/** From, to and the length of a point: at most some fifty of them. */
export function spanOf(range: Range, now: Date): Span {
  const to = new Date(Math.ceil(now.getTime() / 60_000) * 60_000);
  const from = new Date(to);
  if (range === '1h') from.setTime(to.getTime() - 3_600_000);
  else if (range === 'today') from.setHours(0, 0, 0, 0);
  else from.setTime(to.getTime() - Number.parseInt(range, 10) * DAY);
  const interval = { '1h': 'PT15M', today: 'PT30M', '7d': 'PT6H', '30d': 'P1D', '90d': 'P2D' };
  return { from: from.toISOString(), to: to.toISOString(), interval: interval[range] };
}

/** A point for each interval of the span: those without calls are not reported. */
export function everyPoint(records: readonly UsageRecord[], span: Span): UsageRecord[] {
  const [, amount = '1', unit = 'D'] = /(\d+)([MHD])$/.exec(span.interval) ?? [];
  const step = Number(amount) * { M: 60_000, H: 3_600_000, D: DAY }[unit as 'M' | 'H' | 'D'];
  const known = new Map(records.map((one) => [Date.parse(one.timestamp ?? ''), one]));
  const points: UsageRecord[] = [];
  const end = Date.parse(span.to);
  for (let at = Math.floor(Date.parse(span.from) / step) * step; at < end; at += step)
    points.push(known.get(at) ?? { ...NOTHING, timestamp: new Date(at).toISOString() });
  return points;
}

const NOTHING: UsageRecord = {
  callCountSuccess: 0,
  callCountBlocked: 0,
  callCountFailed: 0,
  callCountOther: 0,
  callCountTotal: 0,
  bandwidth: 0,
};
