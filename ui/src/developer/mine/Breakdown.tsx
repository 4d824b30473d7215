import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { bytes, latency, number } from '../../base/format.ts';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { useTable } from '../../parts/useTable.ts';
import { type Span, type UsageRecord, usageQuery } from '../data.ts';

type Count = keyof UsageRecord & `${'call' | 'band' | 'api'}${string}`;
type Props = {
  by: 'api' | 'operation' | 'product' | 'subscription';
  span: Span;
  subscription: string;
};

/** Calls by one dimension; short enough to be sorted here. */
export function Breakdown({ by, span, subscription }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const table = useTable(`${by}-`);
  const { data } = useQuery(usageQuery(by, span, subscription));
  if (!data?.value.length) return null;
  const count = (key: Count, title: string, format: (value: number) => string) => ({
    key,
    title,
    sortable: true,
    numeric: true,
    width: '11%',
    cell: (one: UsageRecord) => (one[key] === undefined ? '–' : format(one[key] as number)),
  });
  const columns: Column<UsageRecord>[] = [
    {
      key: 'name',
      title: t('base:name'),
      sortable: true,
      cell: ({ name }) => name || t('usage.unnamed'),
    },
    count('callCountSuccess', t('usage.ok'), number),
    count('callCountBlocked', t('usage.blocked'), number),
    count('callCountFailed', t('usage.failed'), number),
    count('callCountOther', t('usage.other'), number),
    count('callCountTotal', t('usage.total'), number),
    count('apiTimeAvg', t('usage.latency'), latency),
    count('bandwidth', t('usage.bandwidth'), bytes),
  ];
  return (
    <section aria-label={t(`usage.by.${by}`)}>
      <Title order={2} mt="lg" mb="xs">
        {t(`usage.by.${by}`)}
      </Title>
      <DataTable
        label={t(`usage.by.${by}`)}
        columns={columns}
        rows={sorted(data.value, table.order)}
        rowKey={(one) => JSON.stringify(one)}
        table={table}
      />
    </section>
  );
}

function sorted(records: UsageRecord[], order: { key: string; down: boolean } | null) {
  if (!order) return records;
  const key = order.key as keyof UsageRecord;
  const sign = order.down ? -1 : 1;
  return [...records].sort((one, other) => {
    const [a, b] = [one[key] ?? 0, other[key] ?? 0];
    return sign * (typeof a === 'string' ? a.localeCompare(String(b)) : Number(a) - Number(b));
  });
}
