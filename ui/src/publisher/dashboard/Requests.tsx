import { Badge, Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { bytes, milliseconds } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import { csv, download } from '../parts/csv.ts';
import { useRead } from '../rest/management.ts';
import { nameOf } from '../rest/odata.ts';
import type { Span } from './report.ts';
import { filterOf, type Narrowing } from './useReport.ts';

type Request = {
  requestId: string;
  timestamp: string;
  method: string;
  url: string;
  responseCode: number;
  apiTime: number;
  serviceTime?: number;
  responseSize: number;
  ipAddress?: string;
  apiId?: string;
  subscriptionId?: string;
  userId?: string;
};

/** Single calls, the newest first. */
export function Requests({ span, narrowing }: { span: Span; narrowing: Narrowing }) {
  const { t } = useTranslation('publisher');
  const table = useTable();
  const { data, error, isLoading } = useRead<{ value: Request[]; count: number }>(
    '/reports/byRequest',
    { $filter: filterOf(span, narrowing), $top: table.size, $skip: table.skip },
  );
  if (error instanceof ApiError && error.code === 'NotSupported')
    return <Empty title={t('dashboard.noRequests')} text={t('dashboard.noRequestsText')} />;
  const moment = new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'medium' });
  const keep = () => {
    const names = Object.keys(data?.value[0] ?? {}) as (keyof Request)[];
    const lines = (data?.value ?? []).map((row) => names.map((name) => row[name] ?? ''));
    download('requests.csv', csv([names, ...lines]));
  };
  return (
    <DataTable<Request>
      label={t('dashboard.kinds.byRequest')}
      table={table}
      rows={data?.value}
      count={data?.count}
      loading={isLoading}
      error={error}
      rowKey={(row) => row.requestId}
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
      columns={[
        {
          key: 'timestamp',
          title: t('audit.when'),
          cell: (row) => moment.format(new Date(row.timestamp)),
        },
        {
          key: 'method',
          title: t('operation.method'),
          cell: (row) => <VerbBadge method={row.method} />,
        },
        {
          key: 'url',
          title: 'URL',
          cell: (row) => <code className="pub-wrap app-code">{row.url}</code>,
        },
        {
          key: 'status',
          title: t('operation.statusCode'),
          cell: (row) => (
            <Badge
              color={row.responseCode < 400 ? 'ok' : row.responseCode < 500 ? 'warn' : 'danger'}
            >
              {row.responseCode}
            </Badge>
          ),
        },
        {
          key: 'time',
          title: t('dashboard.time'),
          numeric: true,
          cell: (row) => milliseconds(row.apiTime),
        },
        {
          key: 'size',
          title: t('dashboard.size'),
          numeric: true,
          cell: (row) => bytes(row.responseSize),
        },
        {
          key: 'subscription',
          title: t('subscriptions.one'),
          cell: (row) => nameOf(row.subscriptionId) || '–',
        },
        { key: 'address', title: t('dashboard.address'), cell: (row) => row.ipAddress ?? '–' },
      ]}
    />
  );
}
