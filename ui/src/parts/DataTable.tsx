import { Button, Group, Select, Skeleton, Table, Text } from '@mantine/core';
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '../base/format.ts';
import { Refusal } from '../base/Refusal.tsx';
import { Empty } from './Empty.tsx';
import { Search } from './Search.tsx';
import type { TableState } from './useTable.ts';

/** More columns than this move closer together. */
const MANY = 7;

export type Column<Row> = {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  /** Right-aligned with even digits. */
  numeric?: boolean;
  width?: number | string;
  /** Left out where there is no room for it: it stands on the page of the row as well. */
  wide?: boolean;
  /** The title is read out, not shown. */
  hidden?: boolean;
  /** Stays on one line: a date, for instance. */
  nowrap?: boolean;
};
type Props<Row> = {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  table: TableState;
  /** Of all rows, for paging by the server. */
  count?: number;
  loading?: boolean;
  error?: unknown;
  searchable?: boolean;
  /** Filters and buttons beside the search. */
  tools?: ReactNode;
  /** What stands in an empty list; it should teach. */
  empty?: ReactNode;
};

/** A list paged and sorted by the server, its state in the address. */
export function DataTable<Row>(props: Props<Row>) {
  const { t } = useTranslation('base');
  const { columns, rows, table, count, loading, error, searchable, tools, empty } = props;
  const nothing = !loading && !error && rows?.length === 0;
  return (
    <div>
      {(searchable || tools) && (
        <Group mb="sm" gap="sm" align="flex-end" className="app-tools">
          {searchable && !(nothing && !table.search && empty) && (
            <Search value={table.search} onChange={(search) => table.set({ search })} />
          )}
          {tools}
        </Group>
      )}
      <Refusal error={error} />
      {nothing && table.search ? (
        <Empty
          text={t('table.nothingFound', { search: table.search })}
          action={
            <Button variant="default" onClick={() => table.set({ search: null })}>
              {t('table.clear')}
            </Button>
          }
        />
      ) : nothing ? (
        (empty ?? <Empty text={t('table.empty')} />)
      ) : error ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="app-scroll" tabIndex={0} aria-label={props.label}>
          <Table
            className="app-numbers app-stacks"
            aria-label={props.label}
            role="table"
            horizontalSpacing={columns.length > MANY ? 7 : undefined}
          >
            <Table.Thead role="rowgroup">
              <Table.Tr role="row">
                {columns.map((column) => (
                  <Head key={column.key} column={column} table={table} />
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody role="rowgroup">
              {rows
                ? rows.map((row) => (
                    <Table.Tr key={props.rowKey(row)} role="row">
                      {columns.map(({ key, title, cell, numeric, wide, hidden, nowrap }) => (
                        <Table.Td
                          key={key}
                          role="cell"
                          ta={numeric ? 'right' : undefined}
                          visibleFrom={wide ? 'sm' : undefined}
                          data-label={hidden ? undefined : title}
                          data-nowrap={nowrap || undefined}
                        >
                          {cell(row)}
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))
                : [1, 2, 3].map((line) => (
                    <Table.Tr key={line} role="row">
                      {columns.map(({ key, wide }) => (
                        <Table.Td key={key} role="cell" visibleFrom={wide ? 'sm' : undefined}>
                          <Skeleton h={14} />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {count !== undefined && count > 0 && <Pages table={table} count={count} />}
    </div>
  );
}

function Head<Row>({ column, table }: { column: Column<Row>; table: TableState }) {
  const { t } = useTranslation('base');
  const { key, title, sortable, numeric, width, hidden, wide } = column;
  const order = table.order?.key === key ? table.order : null;
  const Icon = order ? (order.down ? ArrowDown : ArrowUp) : ChevronsUpDown;
  const sorted = order ? (order.down ? 'descending' : 'ascending') : undefined;
  return (
    <Table.Th
      ta={numeric ? 'right' : undefined}
      w={width === undefined ? undefined : { sm: width }}
      role="columnheader"
      aria-sort={sorted}
      visibleFrom={wide ? 'sm' : undefined}
    >
      {sortable ? (
        <button
          type="button"
          className="app-sort"
          title={t('table.sort', { column: title })}
          onClick={() => table.set({ sort: order && !order.down ? `-${key}` : key })}
        >
          {title} <Icon size={13} aria-hidden />
        </button>
      ) : hidden ? (
        <span className="app-hidden">{title}</span>
      ) : (
        title
      )}
    </Table.Th>
  );
}

function Pages({ table, count }: { table: TableState; count: number }) {
  const { t } = useTranslation('base');
  const { page, size, skip } = table;
  if (count <= 25 && page === 1) return null;
  const pages = Math.max(1, Math.ceil(count / size));
  const turn = (to: number) => table.set({ page: to === 1 ? null : to });
  return (
    <Group component="nav" mt="sm" justify="space-between" aria-label={t('table.pages')}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('table.range', {
          from: Math.min(skip + 1, count),
          to: Math.min(skip + size, count),
          count,
        })}
      </Text>
      <Group gap="xs">
        <Select
          size="xs"
          w={76}
          aria-label={t('table.rows')}
          data={['25', '50', '100']}
          value={String(size)}
          allowDeselect={false}
          onChange={(rows) => table.set({ size: rows })}
        />
        <Button
          size="xs"
          variant="default"
          disabled={page <= 1}
          onClick={() => turn(page - 1)}
          aria-label={t('table.previous')}
        >
          <ChevronLeft size={16} aria-hidden />
        </Button>
        <Text size="sm">
          {number(page)} / {number(pages)}
        </Text>
        <Button
          size="xs"
          variant="default"
          disabled={page >= pages}
          onClick={() => turn(page + 1)}
          aria-label={t('table.next')}
        >
          <ChevronRight size={16} aria-hidden />
        </Button>
      </Group>
    </Group>
  );
}
