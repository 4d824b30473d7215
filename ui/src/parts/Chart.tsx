import { Skeleton, Table, useComputedColorScheme } from '@mantine/core';
import type { EChartsOption } from 'echarts';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../base/i18n.ts';
import { Refusal } from '../base/Refusal.tsx';

export type Tone = 'ok' | 'failed' | 'blocked' | 'other' | 'accent' | 'second' | 'third' | 'fourth';
export type Series = { name: string; tone: Tone; values: (number | null)[] };
type Props = {
  label: string;
  kind?: 'line' | 'bar' | 'stacked';
  /** Categories, or times already written for people. */
  categories: string[];
  series: Series[];
  format?: (value: number) => string;
  height?: number;
  /** Bars of a histogram: what they stand for in its table, and no gaps between them. */
  touching?: string;
  /** Shorter words for the axis, where the categories are too long for it. */
  brief?: string[];
  /** Its names stand above it, also a single one: beside charts that have them. */
  named?: boolean;
};

const TONES: Record<'light' | 'dark', Record<Tone, string>> = {
  light: {
    ok: '#2f5fc4',
    failed: '#c0392b',
    blocked: '#b7791f',
    other: '#7a8494',
    accent: '#2f4f9e',
    second: '#0f8a6c',
    third: '#8b5cb8',
    fourth: '#b7791f',
  },
  dark: {
    ok: '#7ba2f5',
    failed: '#f07f73',
    blocked: '#e2ae58',
    other: '#98a2b1',
    accent: '#8fa9e8',
    second: '#4fc3a1',
    third: '#c39be6',
    fourth: '#e2ae58',
  },
};

/** Lines or bars, with the same numbers as a table below. */
export function Chart({
  label,
  kind = 'line',
  categories,
  series,
  format = String,
  height = 240,
  touching,
  brief,
  named = series.length > 1,
}: Props) {
  const { t } = useTranslation('base');
  const [opened, setOpened] = useState(false);
  const scheme = useComputedColorScheme('light');
  const tones = TONES[scheme];
  const wide = series.reduce((sum, { name }) => sum + 40 + 7 * name.length, 0);
  const option: EChartsOption = {
    legend: { show: named, top: 0, left: 0, itemWidth: 14, itemHeight: 8 },
    // Half of the last label stands at the right of what it names.
    grid: { left: 8, right: 22, top: named ? 34 : 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: categories,
      axisLabel: {
        hideOverlap: true,
        // What several categories have in common is said at the first of them.
        ...(brief && {
          interval: (at: number) => brief[at] !== brief[at - 1],
          formatter: (_: string, at: number) => brief[at] ?? '',
        }),
      },
      boundaryGap: kind !== 'line',
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: { formatter: (value: number) => format(value) },
      splitNumber: 4,
      // Half a call is no call.
      minInterval: touching || series.every(({ values }) => values.every(whole)) ? 1 : undefined,
    },
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value) => (value == null ? '–' : format(Number(value))),
    },
    series: series.map(({ name, tone, values }) => ({
      name,
      type: kind === 'line' ? 'line' : 'bar',
      stack: kind === 'stacked' ? 'all' : undefined,
      data: values,
      color: tones[tone],
      // A line needs two points beside each other; lone ones are dots.
      showSymbol: values.some((_, at) => lone(values, at)),
      symbolSize: (_, { dataIndex: at }) => (lone(values, at) ? 6 : 0),
      showAllSymbol: true,
      lineStyle: { width: 1.6 },
      // Areas of several lines lie over each other and say nothing.
      areaStyle: kind === 'line' && series.length === 1 ? { opacity: 0.1 } : undefined,
      barMaxWidth: touching ? undefined : 28,
      barCategoryGap: touching ? '3%' : undefined,
    })),
    // Where the names need two lines, the plot begins below both.
    media: named
      ? [
          { query: { maxWidth: wide }, option: { grid: { top: 52 } } },
          { option: { grid: { top: 34 } } },
        ]
      : undefined,
  };
  return (
    <figure className="app-chart" aria-label={label}>
      <RawChart label={label} option={option} height={height} />
      <details onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary>{t('chart.table')}</summary>
        {opened && (
          <Figures
            label={label}
            touching={touching}
            categories={categories}
            series={series}
            format={format}
          />
        )}
      </details>
    </figure>
  );
}

type FiguresProps = Pick<Props, 'label' | 'touching' | 'categories' | 'series'> & {
  format: (value: number) => string;
};

/** The numbers of a chart; made when they are asked for, since there may be many. */
function Figures({ label, touching, categories, series, format }: FiguresProps) {
  const { t } = useTranslation('base');
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="app-scroll app-chart-table" tabIndex={0} aria-label={label}>
        <Table className="app-numbers" fz="xs" verticalSpacing={3}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{touching ?? t('chart.time')}</Table.Th>
              {series.map(({ name }) => (
                <Table.Th key={name} ta="right">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {categories.map((category, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: categories may repeat, their order is fixed
              <Table.Tr key={at}>
                <Table.Td>{category}</Table.Td>
                {series.map(({ name, values }) => (
                  <Table.Td key={name} ta="right">
                    {values[at] == null ? '–' : format(values[at])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </>
  );
}

/** Any ECharts option in our clothes, for charts that `Chart` cannot draw. */
export function RawChart({
  label,
  option,
  height = 240,
}: {
  label: string;
  option: EChartsOption;
  height?: number;
}) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const written = JSON.stringify(option);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an option is compared by what it says
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let ended = false;
    let end = () => {};
    const draw = ({ init }: typeof import('./echarts.ts')) => {
      if (ended) return;
      const ink = scheme === 'dark' ? '#a9b1bd' : '#555e6b';
      const line = scheme === 'dark' ? '#2c323d' : '#e3e7ed';
      const chart = init(element, null, {
        renderer: 'svg',
        locale: language() === 'pl' ? 'PL' : 'EN',
      });
      const axis = {
        axisLabel: { color: ink, fontSize: 11 },
        axisLine: { lineStyle: { color: line } },
        splitLine: { lineStyle: { color: line } },
      };
      const text = {
        fontFamily: '"Inter Variable", system-ui, sans-serif',
        color: ink,
        fontSize: 12,
      };
      chart.setOption({
        animation: false,
        textStyle: text,
        aria: { enabled: true, label: { description: label } },
        ...option,
        legend: { textStyle: text, ...(option.legend as object) },
        tooltip: {
          confine: true,
          textStyle: text,
          backgroundColor: scheme === 'dark' ? '#232833' : '#ffffff',
          borderColor: line,
          ...(option.tooltip as object),
          renderMode: 'richText',
        },
        xAxis: merged(axis, option.xAxis),
        yAxis: merged(axis, option.yAxis),
      });
      const watch = new ResizeObserver(() => chart.resize());
      watch.observe(element);
      setReady(true);
      end = () => {
        watch.disconnect();
        chart.dispose();
      };
    };
    Promise.all([import('./echarts.ts'), document.fonts.ready])
      .then(([drawing]) => draw(drawing))
      .catch(setFailed);
    return () => {
      ended = true;
      end();
    };
  }, [written, scheme]);
  return (
    <div style={{ position: 'relative' }}>
      <Refusal error={failed} />
      {!ready && !failed && <Skeleton h={height} pos="absolute" w="100%" />}
      <div ref={place} role="img" aria-label={label} style={{ height }} />
    </div>
  );
}

function lone(values: readonly (number | null)[], at: number): boolean {
  return values[at] != null && values[at - 1] == null && values[at + 1] == null;
}

function whole(value: number | null): boolean {
  return value === null || Number.isInteger(value);
}

type Axis = Record<string, object> | undefined;

function merged(ours: Record<string, object>, theirs: unknown): unknown {
  if (!theirs) return undefined;
  if (Array.isArray(theirs)) return theirs.map((axis) => merged(ours, axis));
  const given = theirs as NonNullable<Axis>;
  const both = Object.entries(ours).map(([name, value]) => [name, { ...value, ...given[name] }]);
  return { ...given, ...Object.fromEntries(both) };
}
