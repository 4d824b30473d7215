import { type Listed, useRead } from '../rest/management.ts';
import { both, equal } from '../rest/odata.ts';
import {
  before,
  during,
  intervalOf,
  type Range,
  type ReportRecord,
  type Span,
  spanOf,
} from './report.ts';

export const DIMENSIONS = [
  'apiId',
  'operationId',
  'productId',
  'subscriptionId',
  'userId',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export type Narrowing = Partial<Record<Dimension, string>>;
type Report = Omit<Listed, 'value'> & { value: ReportRecord[] };

export function filterOf(span: Span, narrowing: Narrowing): string {
  return both(during(span), ...DIMENSIONS.map((one) => equal(one, narrowing[one])));
}

/** A report of some kind over a span; only what the narrowing leaves of it. */
export function useReport(kind: string, span: Span, narrowing: Narrowing, interval = '') {
  return useRead<Report>(`/reports/${kind}`, {
    $filter: filterOf(span, narrowing),
    $top: 1000,
    interval,
  });
}

/** Totals of the range and of the one before, and how the range went in time. */
export function useOverview(range: Range, now: number, narrowing: Narrowing) {
  const span = spanOf(range, now);
  const total = useReport('total', span, narrowing);
  const past = useReport('total', before(span), narrowing);
  const time = useReport('byTime', span, narrowing, intervalOf(range));
  return {
    span,
    error: total.error ?? past.error ?? time.error,
    total: total.data?.value[0],
    past: past.data?.value[0],
    time: time.data?.value,
    loaded: total.data !== undefined,
  };
}
