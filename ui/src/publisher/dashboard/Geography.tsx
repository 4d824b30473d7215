import { useTranslation } from 'react-i18next';
import { bytes, number } from '../../base/format.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import type { ReportRecord, Span } from './report.ts';
import { type Narrowing, useReport } from './useReport.ts';

type Row = ReportRecord & { country?: string; region?: string };

/** Where calls come from, as a table; a gateway that does not know says so. */
export function Geography({ span, narrowing }: { span: Span; narrowing: Narrowing }) {
  const { t } = useTranslation('publisher');
  const table = useTable();
  const { data, error, isLoading } = useReport('byGeo', span, narrowing);
  const rows = data?.value as Row[] | undefined;
  const place = (row: Row) =>
    [row.country, row.region].filter(Boolean).join(', ') || t('dashboard.unknown');
  // Gateways without a list of places say nothing of any call.
  if (rows?.length && rows.every((row) => !row.country))
    return <Empty title={t('dashboard.noGeo')} text={t('dashboard.noGeoText')} />;
  return (
    <DataTable<Row>
      label={t('dashboard.kinds.byGeo')}
      table={table}
      rows={rows?.slice(table.skip, table.skip + table.size)}
      count={rows?.length}
      loading={isLoading}
      error={error}
      rowKey={place}
      empty={<Empty text={t('dashboard.quiet')} />}
      columns={[
        { key: 'place', title: t('dashboard.place'), cell: place },
        {
          key: 'calls',
          title: t('dashboard.counts.Total'),
          numeric: true,
          cell: (row) => number(row.callCountTotal),
        },
        {
          key: 'blocked',
          title: t('dashboard.counts.Blocked'),
          numeric: true,
          cell: (row) => number(row.callCountBlocked),
        },
        {
          key: 'failed',
          title: t('dashboard.counts.Failed'),
          numeric: true,
          cell: (row) => number(row.callCountFailed),
        },
        {
          key: 'bandwidth',
          title: t('dashboard.bandwidth'),
          numeric: true,
          cell: (row) => bytes(row.bandwidth),
        },
      ]}
    />
  );
}
