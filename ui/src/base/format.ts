import { locale } from './i18n.ts';

/** Numbers, times and sizes as the language of the page writes them. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(
    share,
  );
}

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return '–';
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(iso),
  );
}

export function date(iso: string | null | undefined): string {
  if (!iso) return '–';
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(iso));
}

/** The time of a day: of today, by its sense. */
export function time(moment: number): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(moment);
}

/** When in a day something was logged, to the second. */
export function timeOfDay(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(iso));
}

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${number(value / 1000, 1)} s`;
  return `${number(value, digitsOf(value))} ms`;
}

/** The same for a column, where 0.10 stands above 0.27. */
export function latency(value: number): string {
  if (value >= 10_000) return milliseconds(value);
  const digits = digitsOf(value);
  const both = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${new Intl.NumberFormat(locale(), both).format(value)} ms`;
}

function digitsOf(value: number): number {
  return value < 10 ? 2 : value < 100 ? 1 : 0;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${number(size, unit && size < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

const STEPS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A length of time in its two largest units. */
export function seconds(value: number): string {
  const parts: string[] = [];
  let rest = value;
  for (const [size, unit] of STEPS) {
    const whole = unit === 'second' && parts.length === 0 ? rest : Math.floor(rest / size);
    rest -= Math.floor(rest / size) * size;
    if (whole > 0 && parts.length < 2) parts.push(inUnits(whole, unit));
    else if (parts.length) break;
  }
  return parts.join(' ') || inUnits(0, 'second');
}

function inUnits(value: number, unit: string): string {
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit,
    unitDisplay: unit === 'day' ? 'long' : 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
