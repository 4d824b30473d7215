import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { Column } from '../data/types.ts';

const ROWS = 1000;
const MOST_LABELS = 30;
type Page = { columns: (Column & { name?: string })[]; values: (string | null)[][] };
export type Compared = {
  points: (number | string)[][] | undefined;
  labels: { x: string[] | null; y: string[] | null };
};

/** The first thousand rows of two columns, as points. */
export function useCompared(path: string, one: string, other: string): Compared {
  const { data } = useQuery({
    queryKey: ['compared', path],
    queryFn: () => get<Page>(`${path}/rows`, { start: 0, count: ROWS }),
    staleTime: 600_000,
  });
  if (!data) return { points: undefined, labels: { x: null, y: null } };
  const names = data.columns.map((column) => column.name ?? column.Name);
  return pointsOf(data.values, names.indexOf(one), names.indexOf(other));
}

export function pointsOf(values: (string | null)[][], one: number, other: number): Compared {
  const pairs = values
    .map((row) => [row[one] ?? null, row[other] ?? null] as const)
    .filter((pair): pair is readonly [string, string] => pair[0] !== null && pair[1] !== null);
  const x = labelsOf(pairs.map(([cell]) => cell));
  const y = labelsOf(pairs.map(([, cell]) => cell));
  const points = pairs
    .filter(([a, b]) => (!x || x.includes(a)) && (!y || y.includes(b)))
    .map(([a, b]) => [x ? a : Number(a), y ? b : Number(b)]);
  return { points, labels: { x, y } };
}

/** The most frequent texts, or null where everything is a number. */
function labelsOf(cells: string[]): string[] | null {
  if (cells.every((cell) => cell.trim() !== '' && Number.isFinite(Number(cell)))) return null;
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_LABELS)
    .map(([cell]) => cell);
}
