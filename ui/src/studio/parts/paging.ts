import type { TableState } from '../../parts/useTable.ts';

/** The rows of a page of a list that came whole: searched, sorted, cut. */
export function pageOf<Row>(
  rows: readonly Row[] | undefined,
  table: TableState,
  texts: (row: Row) => string[],
  sortable: Record<string, (row: Row) => string | number>,
): { rows: Row[] | undefined; count: number } {
  if (!rows) return { rows: undefined, count: 0 };
  const wanted = table.search.trim().toLowerCase();
  const found = wanted
    ? rows.filter((row) => texts(row).some((text) => text.toLowerCase().includes(wanted)))
    : [...rows];
  const key = table.order && sortable[table.order.key];
  if (key) {
    const sign = table.order!.down ? -1 : 1;
    found.sort((one, other) => sign * compared(key(one), key(other)));
  }
  return { rows: found.slice(table.skip, table.skip + table.size), count: found.length };
}

function compared(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other));
}
