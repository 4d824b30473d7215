import { milliseconds, seconds } from '../../base/format.ts';
import { isoOf } from '../data/moment.ts';

/** How long something took, between two moments as the server writes them. */
export function took(from: string | null | undefined, to: string | null | undefined): string {
  const [start, end] = [isoOf(from), isoOf(to)];
  if (!start || !end) return '–';
  const length = Math.max(0, Date.parse(end) - Date.parse(start));
  return length < 10_000 ? milliseconds(length) : seconds(Math.round(length / 1000));
}
