import { useTranslation } from 'react-i18next';
import { number } from '../../base/format.ts';
import { RawChart } from '../../parts/Chart.tsx';
import type { Evaluated } from './Evaluation.tsx';

export const CURVES = ['roc', 'precision_recall', 'lift'] as const;

const TOLD = { formatter: (value: number) => number(value, 2) };

/** One curve for each scored dataset. */
export function Curves({
  kind,
  sides,
  name,
}: {
  kind: (typeof CURVES)[number];
  sides: Evaluated[];
  name: (at: number) => string;
}) {
  const { t } = useTranslation('studio');
  const title = t(`evaluation.curves.${kind}`);
  const columns = sides.find((side) => side[kind])![kind]!.columns;
  const axis = (at: number) => t(`evaluation.axes.${columns[at] as 'Recall'}`);
  return (
    <RawChart
      label={title}
      height={400}
      option={{
        legend: { show: sides.length > 1, top: 0 },
        // The legend takes two lines on a phone.
        grid: {
          left: 24,
          right: 20,
          top: sides.length > 1 ? 52 : 16,
          bottom: 26,
          containLabel: true,
        },
        xAxis: {
          type: 'value',
          name: axis(0),
          nameLocation: 'middle',
          nameGap: 28,
          max: 1,
          axisLabel: TOLD,
        },
        yAxis: {
          type: 'value',
          name: axis(1),
          nameLocation: 'middle',
          nameGap: 32,
          scale: kind === 'lift',
          axisLabel: TOLD,
        },
        tooltip: { trigger: 'axis', valueFormatter: (value) => number(Number(value), 3) },
        series: [
          ...sides.map((side, at) => ({
            name: name(at),
            type: 'line' as const,
            showSymbol: false,
            color: at === 0 ? '#2f5fc4' : '#b7791f',
            lineStyle: { width: 1.8 },
            data: side[kind]?.points.map(([x, y]) => [x!, y!]) ?? [],
          })),
          ...(kind === 'roc'
            ? [
                {
                  name: t('evaluation.chance'),
                  type: 'line' as const,
                  showSymbol: false,
                  color: '#98a2b1',
                  lineStyle: { type: 'dashed' as const, width: 1 },
                  data: [
                    [0, 0],
                    [1, 1],
                  ],
                },
              ]
            : []),
        ],
      }}
    />
  );
}
