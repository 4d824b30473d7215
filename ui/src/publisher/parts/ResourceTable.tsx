import { ActionIcon, Anchor, Button, Menu, Select } from '@mantine/core';
import { Download, EllipsisVertical, type LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { toast } from '../../base/toast.tsx';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import type { TableState } from '../../parts/useTable.ts';
import type { Reference } from '../rest/gathered.ts';
import {
  type Entity,
  EVERYTHING,
  type Listed,
  type Properties,
  useAsk,
  useRead,
} from '../rest/management.ts';
import { namesOf, useNames } from '../rest/names.ts';
import { both, containing, equal, ordered } from '../rest/odata.ts';
import { csv, download } from './csv.ts';
import type { Option } from './fields.ts';

export type Col<P = Properties> = {
  /** The name that the server sorts by, if it can be sorted by. */
  key: string;
  title: string;
  /** For people and for files. */
  text: (row: Entity<P>) => string | number;
  cell?: (row: Entity<P>) => ReactNode;
  /** What the row refers to by its id: shown by its name, as a link. */
  refers?: (row: Entity<P>) => Reference | null;
  sortable?: boolean;
  numeric?: boolean;
  nowrap?: boolean;
  width?: number | string;
};
export type RowAction = {
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  run: () => unknown;
};
export type Choice = { field: string; label: string; options: readonly Option[] };
type Props<P> = {
  label: string;
  path: string;
  table: TableState;
  columns: Col<P>[];
  /** Fields of the server that a search looks into. */
  search?: readonly string[];
  /** More conditions under which a row holds what is searched for. */
  found?: (wanted: string) => string[];
  choices?: readonly Choice[];
  /** A condition that always holds. */
  filter?: string;
  query?: Record<string, string>;
  /** The server gives all rows at once and filters nothing. */
  whole?: boolean;
  actions?: (row: Entity<P>) => RowAction[];
  tools?: ReactNode;
  empty: ReactNode;
};

/** A list of the management REST: searched, sorted, paged by the server, kept as CSV. */
export function ResourceTable<P = Properties>(props: Props<P>) {
  const { label, path, table, columns, search = [], choices = [], actions, whole } = props;
  const { t } = useTranslation(['publisher', 'base']);
  const ask = useAsk();
  const [busy, setBusy] = useState(false);
  const chosen = choices.map(({ field }) => equal(field, table.value(field)));
  const wanted = table.search.trim();
  const more = wanted && props.found ? props.found(wanted) : [];
  const sought = [containing(search, wanted), ...more].filter(Boolean).join(' or ');
  const order = table.order && { by: table.order.key, descending: table.order.down };
  const asked = whole
    ? { ...props.query }
    : {
        ...props.query,
        $filter: both(props.filter ?? '', sought, ...chosen),
        $orderby: ordered(order),
      };
  const span = whole ? {} : { $top: table.size, $skip: table.skip };
  const { data, error, isLoading } = useRead<Listed<P>>(path, { ...asked, ...span });
  const listed = whole ? here(data?.value, props, table) : data?.value;
  const count = whole ? listed?.length : data?.count;
  const rows = whole ? listed?.slice(table.skip, table.skip + table.size) : listed;
  const nameOf = useNames(referred(columns, rows ?? []));
  const keep = async () => {
    setBusy(true);
    try {
      const all = whole ? (listed ?? []) : await everything<P>(ask, path, asked);
      const named = await namesOf(ask, referred(columns, all));
      // Names are for people; the ids beside them are for programs.
      const titles = columns.flatMap(({ title, refers }) =>
        refers ? [title, `${title} (${t('form.id')})`] : [title],
      );
      const lines = all.map((row) =>
        columns.flatMap(({ text, refers }) => {
          const reference = refers?.(row);
          if (!refers) return [text(row)];
          return reference ? [named(reference), reference.name] : [text(row), ''];
        }),
      );
      download(`${label}.csv`, csv([titles, ...lines]));
    } catch (failed) {
      toast.failed(failed);
    } finally {
      setBusy(false);
    }
  };
  const narrowed = choices.some(({ field }) => table.value(field));
  const shown: Column<Entity<P>>[] = columns.map((one) => ({
    ...one,
    sortable: whole || one.sortable,
    cell: (row) => {
      const reference = one.refers?.(row);
      if (reference) return <Referred to={reference}>{nameOf(reference)}</Referred>;
      return one.cell ? one.cell(row) : one.text(row);
    },
  }));
  if (actions)
    shown.push({
      key: 'actions',
      title: t('base:more'),
      hidden: true,
      width: 48,
      cell: (row) => <Actions name={String(columns[0]?.text(row))} actions={actions(row)} />,
    });
  return (
    <DataTable<Entity<P>>
      label={label}
      columns={shown}
      rows={rows}
      count={count}
      table={table}
      loading={isLoading}
      error={error}
      searchable={whole || search.length > 0}
      rowKey={(row) => row.id ?? row.name}
      empty={narrowed ? undefined : props.empty}
      tools={
        <>
          {choices.map(({ field, label: title, options }) => (
            <Select
              key={field}
              aria-label={title}
              placeholder={title}
              w={230}
              clearable
              clearButtonProps={{ 'aria-label': t('base:clearField', { name: title }) }}
              data={[...options]}
              value={table.value(field) || null}
              onChange={(value) => table.set({ [field]: value })}
            />
          ))}
          {props.tools}
          {count !== 0 && (
            <Button
              ml="auto"
              variant="default"
              leftSection={<Download size={15} aria-hidden />}
              loading={busy}
              onClick={() => void keep()}
            >
              CSV
            </Button>
          )}
        </>
      }
    />
  );
}

function referred<P>(columns: readonly Col<P>[], rows: readonly Entity<P>[]): Reference[] {
  return columns.flatMap(({ refers }) => (refers ? rows.flatMap((one) => refers(one) ?? []) : []));
}

function Referred({ to, children }: { to: Reference; children: string }) {
  return (
    <Anchor component={Link} href={`${to.path}/${encodeURIComponent(to.name)}`}>
      {children}
    </Anchor>
  );
}

function Actions({ name, actions }: { name: string; actions: RowAction[] }) {
  const { t } = useTranslation('base');
  if (!actions.length) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`${t('more')}: ${name}`}>
          <EllipsisVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, icon: Icon, danger, run }) => (
          <Menu.Item
            key={label}
            color={danger ? 'danger' : undefined}
            leftSection={Icon && <Icon size={15} aria-hidden />}
            onClick={() => void run()}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What the server would have done to a list that it gives whole. */
function here<P>(rows: Entity<P>[] | undefined, { columns }: Props<P>, table: TableState) {
  const wanted = table.search.trim().toLowerCase();
  const found = rows?.filter((row) =>
    columns.some((one) => String(one.text(row)).toLowerCase().includes(wanted)),
  );
  const by = columns.find((one) => one.key === table.order?.key);
  if (!by || !found) return found;
  const turn = table.order?.down ? -1 : 1;
  return found.sort((a, b) => {
    const [one, other] = [by.text(a), by.text(b)];
    if (typeof one === 'number' && typeof other === 'number') return turn * (one - other);
    return turn * String(one).localeCompare(String(other));
  });
}

async function everything<P>(
  ask: ReturnType<typeof useAsk>,
  path: string,
  query: Record<string, string>,
): Promise<Entity<P>[]> {
  const rows: Entity<P>[] = [];
  for (;;) {
    const paged = { ...query, $top: EVERYTHING, $skip: rows.length };
    const { value, count } = await ask<Listed<P>>('GET', path, { query: paged });
    rows.push(...value);
    if (!value.length || rows.length >= count) return rows;
  }
}
