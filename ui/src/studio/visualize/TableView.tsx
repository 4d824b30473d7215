import './visualize.css';
import { Button, Group, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { number } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import type { Column, Rows, TableStatistics } from '../data/types.ts';
import { ColumnPanel } from './ColumnPanel.tsx';
import { Sparkline } from './Sparkline.tsx';

const ROWS = 100;
const COLUMNS = 40;
/** So few share the room that many need. */
const FEW = 3;
type Order = { name: string; down: boolean } | null;

/** A table as Visualize shows it: rows, a picture above each column, figures beside. */
export function TableView({
  path,
  columns,
  label,
}: {
  path: string;
  columns: Column[];
  label: string;
}) {
  const { t } = useTranslation('studio');
  const [start, setStart] = useState(0);
  const [first, setFirst] = useState(0);
  const [order, setOrder] = useState<Order>(null);
  const [view, setView] = useState<'histogram' | 'box'>('histogram');
  const [chosen, choose] = useState<string | null>(columns[0]?.Name ?? null);
  const rows = useQuery({
    queryKey: ['rows', path, start, order],
    queryFn: () =>
      get<Rows>(`${path}/rows`, {
        start,
        count: ROWS,
        sort: order?.name,
        descending: order?.down,
      }),
    placeholderData: keepPreviousData,
  });
  const statistics = useQuery({
    queryKey: ['statistics', path],
    queryFn: () => get<TableStatistics>(`${path}/statistics`),
    staleTime: 600_000,
  });
  const shown = columns.slice(first, first + COLUMNS);
  const figures = new Map(statistics.data?.columns.map((each) => [each.name, each]));
  const total = rows.data?.rows ?? 0;
  return (
    <div className="st-visualize">
      <div className="st-grid">
        <Group gap="md" mb="xs" justify="space-between">
          <Text size="sm" role="status">
            {t('visualize.size', { rows: number(total), columns: number(columns.length) })}
            {statistics.data?.sampled ? ` · ${t('visualize.sampled')}` : ''}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={t('visualize.viewAs')}
            data={[
              { value: 'histogram', label: t('visualize.histogram') },
              { value: 'box', label: t('visualize.box') },
            ]}
            value={view}
            onChange={(next) => setView(next as 'box')}
          />
        </Group>
        <Refusal error={rows.error ?? statistics.error} />
        <Scroll label={label}>
          <table className="st-rows" data-few={columns.length <= FEW || undefined}>
            <thead>
              <tr>
                <th scope="col" className="st-number">
                  #
                </th>
                {shown.map(({ Name }) => (
                  <th key={Name} scope="col" data-chosen={chosen === Name || undefined}>
                    <button
                      type="button"
                      className="st-column"
                      aria-pressed={chosen === Name}
                      onClick={() => choose(Name)}
                    >
                      <span className="st-column-name">{Name}</span>
                      {figures.has(Name) ? (
                        <Sparkline of={figures.get(Name)!} view={view} />
                      ) : (
                        <Skeleton h={36} mt={2} />
                      )}
                    </button>
                    <Sort name={Name} order={order} onChange={setOrder} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.data?.values.map((cells, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have a place and nothing else
                <tr key={at}>
                  <th scope="row" className="st-number">
                    {number((rows.data?.start ?? 0) + at + 1)}
                  </th>
                  {shown.map(({ Name, Type }, place) => (
                    <Cell key={Name} text={cells[first + place]} type={Type} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        <Group mt="xs" gap="lg" justify="space-between">
          <Turn
            label={t('visualize.rowsShown')}
            start={start}
            size={ROWS}
            total={total}
            onChange={setStart}
          />
          {columns.length > COLUMNS && (
            <Turn
              label={t('visualize.columnsShown')}
              start={first}
              size={COLUMNS}
              total={columns.length}
              onChange={setFirst}
            />
          )}
        </Group>
      </div>
      {chosen && figures.has(chosen) && (
        <ColumnPanel
          of={figures.get(chosen)!}
          all={columns}
          path={path}
          values={rows.data?.values ?? []}
        />
      )}
    </div>
  );
}

const NUMBERS = new Set(['Byte', 'Int16', 'Int32', 'Int64', 'Single', 'Double']);

function Cell({ text, type }: { text: string | null | undefined; type: string }) {
  const { t } = useTranslation('studio');
  const right = NUMBERS.has(type) ? 'st-right' : undefined;
  if (text === null || text === undefined)
    return (
      <td className={right}>
        <span className="st-missing" title={t('visualize.missing')}>
          ∅<span className="app-hidden">{t('visualize.missing')}</span>
        </span>
      </td>
    );
  return (
    <td className={right} title={text}>
      {text}
    </td>
  );
}

function Sort({
  name,
  order,
  onChange,
}: {
  name: string;
  order: Order;
  onChange: (order: Order) => void;
}) {
  const { t } = useTranslation('base');
  const mine = order?.name === name ? order : null;
  const Icon = mine?.down ? ArrowDown : ArrowUp;
  const next = !mine ? { name, down: false } : mine.down ? null : { name, down: true };
  return (
    <button
      type="button"
      className="st-sort"
      data-on={mine ? true : undefined}
      aria-label={t('table.sort', { column: name })}
      onClick={() => onChange(next)}
    >
      <Icon size={13} aria-hidden />
    </button>
  );
}

function Turn({
  label,
  start,
  size,
  total,
  onChange,
}: {
  label: string;
  start: number;
  size: number;
  total: number;
  onChange: (start: number) => void;
}) {
  const { t } = useTranslation('base');
  if (total <= size) return null;
  return (
    <Group gap="xs" component="nav" aria-label={label}>
      <Button
        size="compact-sm"
        variant="default"
        disabled={start === 0}
        aria-label={`${label}: ${t('table.previous')}`}
        onClick={() => onChange(Math.max(0, start - size))}
      >
        <ChevronLeft size={15} aria-hidden />
      </Button>
      <Text size="sm">
        {label}{' '}
        {t('table.range', {
          from: start + 1,
          to: Math.min(start + size, total),
          count: total,
        })}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        disabled={start + size >= total}
        aria-label={`${label}: ${t('table.next')}`}
        onClick={() => onChange(start + size)}
      >
        <ChevronRight size={15} aria-hidden />
      </Button>
    </Group>
  );
}
