import { Anchor, Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { bytes, latency, number } from '../../base/format.ts';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { csv, download } from '../parts/csv.ts';
import { nameOf } from '../rest/odata.ts';
import type { ReportRecord, Span } from './report.ts';
import { type Dimension, type Narrowing, useReport } from './useReport.ts';

const OWN = {
  byApi: 'apiId',
  byOperation: 'operationId',
  byProduct: 'productId',
  bySubscription: 'subscriptionId',
  byUser: 'userId',
} as const;
type Props = {
  kind: keyof typeof OWN;
  span: Span;
  narrowing: Narrowing;
  onNarrow: (dimension: Dimension, id: string) => void;
};
type Row = ReportRecord & { key: string };

/** Most called first; a name narrows the whole page to it. */
export function Top({ kind, span, narrowing, onNarrow }: Props) {
  const { t } = useTranslation('publisher');
  const table = useTable();
  const { data, error, isLoading } = useReport(kind, span, narrowing);
  const own = OWN[kind];
  const title = (row: ReportRecord) => row.name || nameOf(row[own]) || t('dashboard.nobody');
  const columns: (Column<Row> & { value: (row: Row) => string | number })[] = [
    {
      key: 'name',
      title: t(`dashboard.kinds.${kind}`),
      sortable: true,
      value: title,
      cell: (row) =>
        row[own] ? (
          <Anchor
            component="button"
            type="button"
            ta="left"
            onClick={() => onNarrow(own, row[own] ?? '')}
          >
            {title(row)}
          </Anchor>
        ) : (
          title(row)
        ),
    },
    ...(['Success', 'Blocked', 'Failed', 'Other', 'Total'] as const).map((part) => ({
      key: `callCount${part}`,
      title: t(`dashboard.counts.${part}`),
      sortable: true,
      numeric: true,
      value: (row: Row) => row[`callCount${part}`],
      cell: (row: Row) => number(row[`callCount${part}`]),
    })),
    {
      key: 'apiTimeP50',
      title: t('dashboard.p50'),
      sortable: true,
      numeric: true,
      value: (row) => row.apiTimeP50 ?? '',
      cell: (row) => (row.apiTimeP50 === undefined ? '–' : latency(row.apiTimeP50)),
    },
    {
      key: 'apiTimeP95',
      title: t('dashboard.p95'),
      sortable: true,
      numeric: true,
      value: (row) => row.apiTimeP95 ?? '',
      cell: (row) => (row.apiTimeP95 === undefined ? '–' : latency(row.apiTimeP95)),
    },
    {
      key: 'bandwidth',
      title: t('dashboard.bandwidth'),
      sortable: true,
      numeric: true,
      value: (row) => row.bandwidth,
      cell: (row) => bytes(row.bandwidth),
    },
  ];
  const order = table.order ?? { key: 'callCountTotal', down: true };
  const by = columns.find((one) => one.key === order.key) ?? columns[0];
  const wanted = table.search.toLowerCase();
  const rows = data?.value
    .map((row, index): Row => ({ ...row, key: `${row[own] ?? ''}${row.productId ?? ''}${index}` }))
    .filter((row) => title(row).toLowerCase().includes(wanted))
    .sort((a, b) => {
      const [one, other] = [by?.value(a) ?? 0, by?.value(b) ?? 0];
      const less =
        typeof one === 'number' && typeof other === 'number'
          ? one - other
          : String(one).localeCompare(String(other));
      return order.down ? -less : less;
    });
  const keep = () => {
    const lines = (rows ?? []).map((row) => columns.map((one) => one.value(row)));
    download(`${kind}.csv`, csv([columns.map((one) => one.title), ...lines]));
  };
  return (
    <DataTable<Row>
      label={t(`dashboard.kinds.${kind}`)}
      columns={columns}
      rows={rows?.slice(table.skip, table.skip + table.size)}
      count={rows?.length}
      table={table}
      loading={isLoading}
      error={error}
      searchable
      rowKey={(row) => row.key}
      empty={<Empty text={t('dashboard.quiet')} />}
      tools={
        <Button
          ml="auto"
          variant="default"
          leftSection={<Download size={15} aria-hidden />}
          onClick={keep}
        >
          CSV
        </Button>
      }
    />
  );
}
