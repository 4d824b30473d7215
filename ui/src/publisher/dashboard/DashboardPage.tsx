import { Button, SegmentedControl, Stack, Tabs, Title } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { bytes, milliseconds, number } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Chart, type Series } from '../../parts/Chart.tsx';
import { Attention } from './Attention.tsx';
import { Figures } from './Figures.tsx';
import { Geography } from './Geography.tsx';
import { Narrowed } from './Narrowed.tsx';
import { Requests } from './Requests.tsx';
import { filled, RANGES, type Range, type ReportRecord } from './report.ts';
import { Top } from './Top.tsx';
import { DIMENSIONS, type Narrowing, useOverview } from './useReport.ts';

const KINDS = ['byApi', 'byOperation', 'byProduct', 'bySubscription', 'byUser'] as const;

/** What was called, how it went, by whom, and how that compares with before. */
export function DashboardPage() {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  const [now, setNow] = useState(() => Date.now());
  const given = params.get('range') as Range | null;
  const range = given && RANGES.includes(given) ? given : '24h';
  const tab = params.get('tab') ?? 'byApi';
  const narrowing: Narrowing = Object.fromEntries(
    DIMENSIONS.flatMap((one) => (params.get(one) ? [[one, params.get(one)]] : [])),
  );
  const set = (changes: Record<string, string | null>) =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      for (const [name, value] of Object.entries(changes))
        value === null ? next.delete(name) : next.set(name, value);
      return next;
    });
  const tabs = useRef<HTMLDivElement>(null);
  // Whoever asks for the calls behind a figure is taken to them.
  const [drilled, setDrilled] = useState(0);
  useEffect(() => {
    if (!drilled) return;
    tabs.current?.scrollIntoView({ block: 'start' });
    tabs.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [drilled]);
  const overview = useOverview(range, now, narrowing);
  const quiet = overview.loaded && !overview.total?.callCountTotal;
  const buckets = filled(overview.time ?? [], range, overview.span);
  const format = new Intl.DateTimeFormat(
    locale(),
    range === '1h' || range === '24h'
      ? { hour: '2-digit', minute: '2-digit' }
      : {
          day: 'numeric',
          month: 'short',
          ...(range === '7d' ? { hour: '2-digit', minute: '2-digit' } : {}),
        },
  );
  const categories = buckets.map(({ time }) => format.format(time));
  const day = new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' });
  const brief = range === '7d' ? buckets.map(({ time }) => day.format(time)) : undefined;
  const pick = (of: (record: ReportRecord) => number | undefined) =>
    buckets.map(({ record }) => (record ? (of(record) ?? null) : null));
  const count = (of: (record: ReportRecord) => number) =>
    buckets.map(({ record }) => (record ? of(record) : 0));
  const calls: Series[] = [
    { name: t('dashboard.success'), tone: 'ok', values: count((one) => one.callCountSuccess) },
    { name: t('dashboard.blocked'), tone: 'blocked', values: count((one) => one.callCountBlocked) },
    { name: t('dashboard.failed'), tone: 'failed', values: count((one) => one.callCountFailed) },
    { name: t('dashboard.other'), tone: 'other', values: count((one) => one.callCountOther) },
  ];
  return (
    <Page
      title={t('dashboard.title')}
      actions={
        <>
          <SegmentedControl
            aria-label={t('dashboard.range')}
            value={range}
            onChange={(next) => set({ range: next })}
            data={RANGES.map((value) => ({ value, label: t(`dashboard.ranges.${value}`) }))}
          />
          <Button
            variant="default"
            leftSection={<RefreshCw size={15} aria-hidden />}
            onClick={() => setNow(Date.now())}
          >
            {t('dashboard.refresh')}
          </Button>
        </>
      }
    >
      <Stack gap="lg">
        <Attention />
        <Narrowed narrowing={narrowing} onRemove={(one) => set({ [one]: null })} />
        <Refusal error={overview.error} />
        <Figures
          total={overview.total}
          past={overview.past}
          loaded={overview.loaded}
          onFailed={() => {
            set({ tab: 'byRequest', sort: '-responseCode', search: null, page: null });
            setDrilled(drilled + 1);
          }}
        />
        {!quiet && (
          <div className="pub-charts">
            <section className="pub-box pub-wide">
              <Title order={2}>{t('dashboard.calls')}</Title>
              <Chart
                kind="stacked"
                label={t('dashboard.calls')}
                categories={categories}
                brief={brief}
                series={calls}
                format={(value) => number(value)}
              />
            </section>
            <section className="pub-box">
              <Title order={2}>{t('dashboard.latency')}</Title>
              <Chart
                label={t('dashboard.latency')}
                categories={categories}
                brief={brief}
                format={(value) => milliseconds(value)}
                series={[
                  {
                    name: t('dashboard.p50'),
                    tone: 'accent',
                    values: pick((one) => one.apiTimeP50),
                  },
                  {
                    name: t('dashboard.p95'),
                    tone: 'blocked',
                    values: pick((one) => one.apiTimeP95),
                  },
                  {
                    name: t('dashboard.backend'),
                    tone: 'second',
                    values: pick((one) => one.serviceTimeAvg),
                  },
                ]}
              />
            </section>
            <section className="pub-box">
              <Title order={2}>{t('dashboard.bandwidth')}</Title>
              <Chart
                label={t('dashboard.bandwidth')}
                named
                categories={categories}
                brief={brief}
                format={(value) => bytes(value)}
                series={[
                  {
                    name: t('dashboard.bandwidth'),
                    tone: 'second',
                    values: count((one) => one.bandwidth),
                  },
                ]}
              />
            </section>
          </div>
        )}
        <Tabs
          ref={tabs}
          value={tab}
          onChange={(next) => set({ tab: next, sort: null, search: null, page: null })}
          keepMounted={false}
        >
          <Tabs.List mb="md" className="pub-tabs">
            {KINDS.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`dashboard.kinds.${one}`)}
              </Tabs.Tab>
            ))}
            <Tabs.Tab value="byGeo">{t('dashboard.kinds.byGeo')}</Tabs.Tab>
            <Tabs.Tab value="byRequest">{t('dashboard.kinds.byRequest')}</Tabs.Tab>
          </Tabs.List>
          {KINDS.map((one) => (
            <Tabs.Panel key={one} value={one}>
              <Top
                kind={one}
                span={overview.span}
                narrowing={narrowing}
                onNarrow={(dimension, id) => {
                  set({ [dimension]: id });
                  window.scrollTo({ top: 0 });
                }}
              />
            </Tabs.Panel>
          ))}
          <Tabs.Panel value="byGeo">
            <Geography span={overview.span} narrowing={narrowing} />
          </Tabs.Panel>
          <Tabs.Panel value="byRequest">
            <Requests span={overview.span} narrowing={narrowing} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}
