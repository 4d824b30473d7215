import type { ColumnStatistics } from '../data/types.ts';

/** Whether no value comes twice: bars that are all of height one say nothing. */
export function allDiffer({ histogram }: ColumnStatistics): boolean {
  return (
    histogram.length > 1 && histogram.every(({ value, count }) => value !== null && count === 1)
  );
}
