import { Card, SegmentedControl, Select, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { bytes, milliseconds, number, percent } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Chart } from '../../parts/Chart.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { MustSignIn } from '../account/MustSignIn.tsx';
import { subscriptionsQuery, type UsageRecord, usageQuery } from '../data.ts';
import { Breakdown } from './Breakdown.tsx';
import { Limits } from './Limits.tsx';
import { everyPoint, RANGES, type Range, spanOf } from './span.ts';

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** The reader's own calls over time, and by what they called. */
export default function Usage() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  if (!user) return <MustSignIn title={t('nav.usage')} />;
  return <OwnUsage />;
}

function OwnUsage() {
  const { t } = useTranslation(['developer', 'base']);
  const table = useTable();
  const range = RANGES.find((one) => one === table.value('range')) ?? '7d';
  const subscription = table.value('subscription');
  // A span that moved with every render would ask without end.
  const span = useMemo(() => spanOf(range, new Date()), [range]);
  const { data, error } = useQuery(usageQuery('time', span, subscription));
  const subscriptions = useQuery(subscriptionsQuery()).data?.value ?? [];
  const total = data?.value.reduce((sum, one) => sum + one.callCountTotal, 0);
  return (
    <Page
      title={t('nav.usage')}
      lead={t('usage.lead')}
      actions={
        <>
          <Select
            aria-label={t('limits.subscription')}
            placeholder={t('usage.all')}
            clearable
            clearButtonProps={{ 'aria-label': t('usage.all') }}
            value={subscription || null}
            data={subscriptions.map(({ id, name }) => ({ value: id, label: name ?? id }))}
            onChange={(chosen) => table.set({ subscription: chosen })}
          />
          <SegmentedControl
            aria-label={t('usage.range')}
            value={range}
            data={RANGES.map((one) => ({ value: one, label: t(`usage.ranges.${one}`) }))}
            onChange={(chosen) => table.set({ range: chosen })}
          />
        </>
      }
    >
      <Refusal error={error} />
      {data && (
        <>
          <Totals records={data.value} />
          {total === 0 ? (
            <Empty text={t('usage.empty')} />
          ) : (
            <Charts records={everyPoint(data.value, span)} range={range} />
          )}
        </>
      )}
      <Limits
        subscriptions={subscriptions.filter(
          ({ id, state }) => state === 'active' && (!subscription || id === subscription),
        )}
      />
      {(['api', 'operation', 'product', 'subscription'] as const).map((by) => (
        <Breakdown key={by} by={by} span={span} subscription={subscription} />
      ))}
    </Page>
  );
}

function Totals({ records }: { records: UsageRecord[] }) {
  const { t } = useTranslation('developer');
  const sum = (of: (one: UsageRecord) => number) => records.reduce((all, one) => all + of(one), 0);
  const calls = sum((one) => one.callCountTotal);
  const failed = sum((one) => one.callCountFailed);
  const time = sum((one) => (one.apiTimeAvg ?? 0) * one.callCountTotal);
  const facts = [
    [t('usage.calls'), number(calls)],
    [t('usage.blocked'), number(sum((one) => one.callCountBlocked))],
    [t('usage.failed'), `${number(failed)} (${percent(calls ? failed / calls : 0)})`],
    [t('usage.latency'), calls ? milliseconds(time / calls) : '–'],
    [t('usage.bandwidth'), bytes(sum((one) => one.bandwidth))],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" mb="lg" className="dev-totals">
      {facts.map(([title, value]) => (
        <Card key={title} withBorder p="sm">
          <Text size="xs" c="dimmed">
            {title}
          </Text>
          <Text fz={20} fw={600} className="dev-figure">
            {value}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function Charts({ records, range }: { records: UsageRecord[]; range: Range }) {
  const { t } = useTranslation('developer');
  const short = range === '1h' || range === 'today';
  const form = new Intl.DateTimeFormat(
    locale(),
    short
      ? { hour: '2-digit', minute: '2-digit' }
      : range === '7d'
        ? { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
        : DAY,
  );
  const day = new Intl.DateTimeFormat(locale(), DAY);
  const times = records.map(({ timestamp }) => form.format(new Date(timestamp ?? 0)));
  const days = records.map(({ timestamp }) => day.format(new Date(timestamp ?? 0)));
  const brief = range === '7d' ? days : undefined;
  const line = (of: (one: UsageRecord) => number | null) => records.map(of);
  return (
    <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="xl" mb="xl">
      <section>
        <Title order={2}>{t('usage.calls')}</Title>
        <Chart
          label={t('usage.calls')}
          kind="stacked"
          categories={times}
          brief={brief}
          format={number}
          series={[
            { name: t('usage.ok'), tone: 'ok', values: line((one) => one.callCountSuccess) },
            {
              name: t('usage.blocked'),
              tone: 'blocked',
              values: line((one) => one.callCountBlocked),
            },
            { name: t('usage.failed'), tone: 'failed', values: line((one) => one.callCountFailed) },
            { name: t('usage.other'), tone: 'other', values: line((one) => one.callCountOther) },
          ]}
        />
      </section>
      <section>
        <Title order={2}>{t('usage.latency')}</Title>
        <Chart
          label={t('usage.latency')}
          categories={times}
          brief={brief}
          format={milliseconds}
          series={[
            {
              name: t('usage.median'),
              tone: 'accent',
              values: line((one) => one.apiTimeP50 ?? null),
            },
            { name: t('usage.p95'), tone: 'fourth', values: line((one) => one.apiTimeP95 ?? null) },
          ]}
        />
      </section>
      <section>
        <Title order={2}>{t('usage.bandwidth')}</Title>
        <Chart
          label={t('usage.bandwidth')}
          named
          categories={times}
          brief={brief}
          format={bytes}
          series={[
            { name: t('usage.bandwidth'), tone: 'accent', values: line((one) => one.bandwidth) },
          ]}
        />
      </section>
    </SimpleGrid>
  );
}
