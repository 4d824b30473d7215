import { Group, Select, Switch, Table, Text, Title } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '../../base/format.ts';
import { Chart, RawChart } from '../../parts/Chart.tsx';
import type { Column, ColumnStatistics } from '../data/types.ts';
import { figure } from '../parts/figure.ts';
import { allDiffer } from './allDiffer.ts';
import { useCompared } from './compare.ts';

type Props = {
  of: ColumnStatistics;
  all: Column[];
  path: string;
  values: (string | null)[][];
};

/** Figures of one column, its chart, and another column beside it. */
export function ColumnPanel({ of, all, path }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const id = useId();
  const [other, compare] = useState<string | null>(null);
  const [log, setLog] = useState(false);
  const measures: [string, number | string | null][] = [
    [t('visualize.mean'), of.mean],
    [t('visualize.median'), of.median],
    [t('visualize.min'), of.min],
    [t('visualize.max'), of.max],
    [t('visualize.deviation'), of.standardDeviation],
  ];
  // Of texts there is none of these.
  const measured = measures.some(([, value]) => value !== null);
  const figures: [string, string][] = [
    ...(measured ? measures : []).map(([name, value]): [string, string] => [name, told(value)]),
    [t('visualize.unique'), told(of.uniqueValues)],
    [t('visualize.missingValues'), told(of.missingValues)],
    [
      t('visualize.feature'),
      t(`visualize.features.${of.featureType}` as 'visualize.title', {
        defaultValue: of.featureType,
      }),
    ],
  ];
  const names = of.histogram.map((bar) =>
    bar.value === null
      ? `${told(bar.low)} – ${told(bar.high)}`
      : bar.value === ''
        ? t('visualize.emptyText')
        : bar.value,
  );
  const brief = of.histogram.map(({ value, low }, at) =>
    value === null ? (low === null ? '' : figure(low, 3)) : (names[at] ?? ''),
  );
  const counted = of.histogram.map(({ count }) => (log ? Math.log10(count + 1) : count));
  return (
    <section className="st-figures" aria-labelledby={id}>
      <Title order={2} id={id} className="st-break">
        {of.name}
      </Title>
      <Table fz="sm" verticalSpacing={4} mt="xs" className="app-numbers">
        <Table.Tbody>
          {figures.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {name}
              </Table.Th>
              <Table.Td ta="right" className="st-break">
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="space-between" mt="md" mb={4} align="flex-end">
        <Title order={3}>{t('visualize.chart')}</Title>
        {!other && (
          <Switch
            size="xs"
            label={t('visualize.log')}
            checked={log}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />
        )}
      </Group>
      <Select
        size="xs"
        mb="xs"
        label={t('visualize.compare')}
        placeholder={t('base:none')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('base:clearField', { name: t('visualize.compare') }) }}
        data={all.map(({ Name }) => Name).filter((name) => name !== of.name)}
        limit={100}
        value={other}
        onChange={compare}
      />
      {other ? (
        <Scatter path={path} one={of.name} other={other} />
      ) : of.histogram.length && !allDiffer(of) ? (
        <Chart
          label={`${of.name}: ${t('visualize.histogram')}`}
          kind="bar"
          categories={names}
          brief={brief}
          series={[{ name: t('visualize.count'), tone: 'accent', values: counted }]}
          format={(value) => (log ? number(10 ** value - 1) : number(value, 2))}
          touching={t('test.value')}
          height={200}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t(of.histogram.length ? 'visualize.allDifferent' : 'visualize.noChart')}
        </Text>
      )}
    </section>
  );
}

/** A long name above the axis grows to the right, where there is room. */
const LEFT = { align: 'left' } as const;

function Scatter({ path, one, other }: { path: string; one: string; other: string }) {
  const { t } = useTranslation('studio');
  const { points, labels } = useCompared(path, one, other);
  if (!points) return null;
  const title = t('visualize.against', { one, other });
  return (
    <>
      <RawChart
        label={title}
        height={240}
        option={{
          grid: { left: 8, right: 16, top: 24, bottom: 20, containLabel: true },
          xAxis: labels.x
            ? { type: 'category', data: labels.x, name: one, nameLocation: 'middle', nameGap: 26 }
            : { type: 'value', scale: true, name: one, nameLocation: 'middle', nameGap: 26 },
          yAxis: labels.y
            ? { type: 'category', data: labels.y, name: other, nameTextStyle: LEFT }
            : { type: 'value', scale: true, name: other, nameTextStyle: LEFT },
          tooltip: { trigger: 'item' },
          series: [{ type: 'scatter', symbolSize: 5, data: points, itemStyle: { opacity: 0.55 } }],
        }}
      />
      <Text size="xs" c="dimmed" role="status">
        {t('visualize.points', { count: points.length })}
      </Text>
    </>
  );
}

function told(value: number | string | null): string {
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  return figure(value, 6);
}
