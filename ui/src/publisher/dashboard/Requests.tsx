import { Badge, Button, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bytes, latency } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';
import { toast } from '../../base/toast.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import { csv, download } from '../parts/csv.ts';
import { EVERYTHING, useAsk, useRead } from '../rest/management.ts';
import { useNames } from '../rest/names.ts';
import { nameOf, ordered } from '../rest/odata.ts';
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

type Page = { value: Request[]; count: number };
const FIELDS: (keyof Request)[] = [
  'timestamp',
  'method',
  'url',
  'responseCode',
  'apiTime',
  'serviceTime',
  'responseSize',
  'ipAddress',
  'apiId',
  'subscriptionId',
  'userId',
  'requestId',
];

/** Single calls, the newest first. */
export function Requests({ span, narrowing }: { span: Span; narrowing: Narrowing }) {
  const { t } = useTranslation('publisher');
  const table = useTable();
  const ask = useAsk();
  const [busy, setBusy] = useState(false);
  const order = table.order && { by: table.order.key, descending: table.order.down };
  const asked = { $filter: filterOf(span, narrowing), $orderby: ordered(order) };
  const { data, error, isLoading } = useRead<Page>('/reports/byRequest', {
    ...asked,
    $top: table.size,
    $skip: table.skip,
  });
  const keyOf = (id: string) => ({ path: '/subscriptions', name: nameOf(id) });
  const named = useNames(
    (data?.value ?? []).flatMap((row) => (row.subscriptionId ? [keyOf(row.subscriptionId)] : [])),
  );
  const moment = new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'medium' });
  const keep = async () => {
    setBusy(true);
    try {
      const rows: Request[] = [];
      for (;;) {
        const query = { ...asked, $top: EVERYTHING, $skip: rows.length };
        const { value, count } = await ask<Page>('GET', '/reports/byRequest', { query });
        rows.push(...value);
        if (!value.length || rows.length >= count) break;
      }
      const lines = rows.map((row) => FIELDS.map((name) => row[name] ?? ''));
      download('requests.csv', csv([FIELDS, ...lines]));
    } catch (failed) {
      toast.failed(failed);
    } finally {
      setBusy(false);
    }
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
      empty={<Empty text={t('dashboard.noRequestsText')} />}
      tools={
        <Button
          ml="auto"
          variant="default"
          leftSection={<Download size={15} aria-hidden />}
          loading={busy}
          onClick={() => void keep()}
        >
          CSV
        </Button>
      }
      columns={[
        {
          key: 'timestamp',
          sortable: true,
          title: t('audit.when'),
          nowrap: true,
          cell: (row) => moment.format(new Date(row.timestamp)),
        },
        {
          key: 'method',
          sortable: true,
          title: t('operation.method'),
          cell: (row) => <VerbBadge method={row.method} />,
        },
        {
          key: 'url',
          title: 'URL',
          cell: (row) => (
            <Text className="app-code pub-path" lineClamp={2} title={row.url}>
              {pathOf(row.url)}
            </Text>
          ),
        },
        {
          key: 'responseCode',
          sortable: true,
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
          cell: (row) => <span className="pub-nowrap">{latency(row.apiTime)}</span>,
        },
        {
          key: 'responseSize',
          sortable: true,
          title: t('dashboard.size'),
          numeric: true,
          cell: (row) => bytes(row.responseSize),
        },
        {
          key: 'subscription',
          title: t('subscriptions.one'),
          cell: ({ subscriptionId: id }) => (
            <Text size="sm" truncate="end" maw={180} title={id && named(keyOf(id))}>
              {id ? named(keyOf(id)) : '–'}
            </Text>
          ),
        },
        { key: 'address', title: t('dashboard.address'), cell: (row) => row.ipAddress ?? '–' },
      ]}
    />
  );
}

/** Every call came to the gateway; only what comes after its address differs. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '');
}
