import { milliseconds, number, seconds } from '../../base/format.ts';
import { isoOf } from '../data/moment.ts';

/** How long something took, between two moments as the server writes them. */
export function took(from: string | null | undefined, to: string | null | undefined): string {
  const [start, end] = [isoOf(from), isoOf(to)];
  if (!start || !end) return '–';
  const length = Math.max(0, Date.parse(end) - Date.parse(start));
  if (length < 1_000) return milliseconds(length);
  if (length < 60_000) return `${number(length / 1000, length < 10_000 ? 1 : 0)} s`;
  return seconds(Math.round(length / 1000));
}
