import { Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { milliseconds, number, percent } from '../../base/format.ts';
import { Chart, type Tone } from '../../parts/Chart.tsx';
import { Box } from './Charts.tsx';
import { type Bound, type Metrics, type Part, partsOf } from './metrics.ts';

/** How calls, scorings and batches were spread since counting began, and what went wrong. */
export function Sizes({ metrics }: { metrics: Metrics }) {
  const { t } = useTranslation('studio');
  if (!metrics.CallsBySeconds.some(({ Count }) => Count)) return null;
  const spread = [
    ['bySeconds', metrics.CallsBySeconds, 'accent', duration],
    ['byRows', metrics.ScoringsByRows, 'second', sizes],
    ['byCalls', metrics.BatchesByCalls, 'third', sizes],
  ] as const;
  return (
    <>
      <Title order={2} mt="lg">
        {t('metrics.spread')}
      </Title>
      <Batching metrics={metrics} />
      <div className="st-charts">
        {spread.map(([name, bounds, tone, written]) => (
          <Spread key={name} name={name} bounds={bounds} tone={tone} written={written} />
        ))}
      </div>
      <Errors metrics={metrics} />
    </>
  );
}

type SpreadProps = {
  name: 'bySeconds' | 'byRows' | 'byCalls';
  bounds: Bound[];
  tone: Tone;
  written: (part: Part) => string;
};

function Spread({ name, bounds, tone, written }: SpreadProps) {
  const { t } = useTranslation('studio');
  const parts = partsOf(bounds);
  if (!parts.length) return null;
  const title = t(`metrics.${name}`);
  return (
    <Box title={title}>
      <Chart
        kind="bar"
        label={title}
        touching={t(`metrics.axes.${name}`)}
        categories={parts.map(written)}
        format={(value) => number(value)}
        series={[
          { name: t(`metrics.counts.${name}`), tone, values: parts.map(({ count }) => count) },
        ]}
      />
    </Box>
  );
}

function duration({ from, to }: Part): string {
  if (to === null) return `> ${milliseconds((from ?? 0) * 1000)}`;
  return `≤ ${milliseconds(to * 1000)}`;
}

function sizes({ from, to }: Part): string {
  if (to === null) return `> ${number(from ?? 0)}`;
  const least = (from ?? 0) + 1;
  return least === to ? number(to) : `${number(least)}–${number(to)}`;
}

function Batching({ metrics: { Batching: batching } }: { metrics: Metrics }) {
  const { t } = useTranslation('studio');
  if (!batching) return null;
  const told = batching.Active
    ? t(batching.MaxWaitMilliseconds ? 'metrics.batchingOn' : 'metrics.batchingNow', {
        rows: number(batching.MaxRows),
        wait: milliseconds(batching.MaxWaitMilliseconds),
      })
    : t('metrics.batchingOff');
  return (
    <Text size="sm" c="dimmed" mb="sm">
      {told}{' '}
      {!batching.Active &&
        t(`metrics.batchingReason.${batching.Reason}`, { defaultValue: batching.Why })}
    </Text>
  );
}

function Errors({ metrics }: { metrics: Metrics }) {
  const { t } = useTranslation('studio');
  const { Calls, Errors: errors } = metrics.Window.Total;
  const found = Object.entries(errors).sort(([, one], [, other]) => other - one);
  if (!found.length) return null;
  return (
    <>
      <Title order={2} mt="lg">
        {t('metrics.errors')}
      </Title>
      <Table className="st-facts app-numbers" aria-label={t('metrics.errors')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('metrics.code')}</Table.Th>
            <Table.Th ta="right">{t('metrics.calls')}</Table.Th>
            <Table.Th ta="right">{t('metrics.share')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.map(([code, count]) => (
            <Table.Tr key={code}>
              <Table.Th scope="row">
                <code className="app-code">{code}</code>
              </Table.Th>
              <Table.Td ta="right">{number(count)}</Table.Td>
              <Table.Td ta="right">{percent(count / Calls)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
