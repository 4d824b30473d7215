import { number } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';

const SMALL = 1e-4;
const LARGE = 1e9;

/** A measured number with the digits that tell something, be it tiny or huge. */
export function figure(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LARGE) return number(value);
  const far = size < SMALL || size >= LARGE;
  return new Intl.NumberFormat(locale(), {
    maximumSignificantDigits: digits,
    notation: far ? 'scientific' : 'standard',
  }).format(value);
}
