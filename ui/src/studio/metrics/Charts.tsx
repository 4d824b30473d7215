import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { milliseconds, number } from '../../base/format.ts';
import { locale } from '../../base/i18n.ts';
import { Chart } from '../../parts/Chart.tsx';
import { type Metrics, type Point, refused } from './metrics.ts';

type Props = { window: Metrics['Window']; batches: boolean };

/** Calls, latency, rows and batch sizes over time. */
export function Charts({ window, batches }: Props) {
  const { t } = useTranslation('studio');
  const clock = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' });
  const categories = window.Points.map(({ Time }) => clock.format(new Date(Time)));
  const pick = (of: (point: Point) => number | null) => window.Points.map(of);
  const inMilliseconds = (seconds: number | null) => (seconds === null ? null : seconds * 1000);
  return (
    <div className="st-charts">
      <Box title={t('metrics.calls')} wide>
        <Chart
          kind="stacked"
          label={t('metrics.calls')}
          categories={categories}
          format={(value) => number(value)}
          series={[
            {
              name: t('metrics.answered'),
              tone: 'ok',
              values: pick((one) => one.Calls - refused(one).all),
            },
            { name: t('metrics.throttled'), tone: 'blocked', values: pick((one) => one.Throttled) },
            {
              name: t('metrics.failed'),
              tone: 'failed',
              values: pick((one) => refused(one).failed),
            },
          ]}
        />
      </Box>
      <Box title={t('metrics.latency')}>
        <Chart
          label={t('metrics.latency')}
          categories={categories}
          format={milliseconds}
          series={[
            {
              name: t('metrics.p50'),
              tone: 'accent',
              values: pick((one) => inMilliseconds(one.P50)),
            },
            {
              name: t('metrics.p90'),
              tone: 'second',
              values: pick((one) => inMilliseconds(one.P90)),
            },
            {
              name: t('metrics.p99'),
              tone: 'blocked',
              values: pick((one) => inMilliseconds(one.P99)),
            },
          ]}
        />
      </Box>
      <Box title={t('metrics.rows')}>
        <Chart
          kind="bar"
          label={t('metrics.rows')}
          categories={categories}
          format={(value) => number(value)}
          series={[{ name: t('metrics.rows'), tone: 'second', values: pick((one) => one.Rows) }]}
        />
      </Box>
      <Box title={t('metrics.together')} wide={!batches}>
        <Chart
          label={t('metrics.together')}
          categories={categories}
          format={(value) => number(value, 1)}
          series={[
            {
              name: t('metrics.rowsPerScoring'),
              tone: 'second',
              values: pick((one) => one.RowsPerScoring),
            },
          ]}
        />
      </Box>
      {batches && (
        <Box title={t('metrics.callsPerBatch')}>
          <Chart
            label={t('metrics.callsPerBatch')}
            categories={categories}
            format={(value) => number(value, 1)}
            series={[
              {
                name: t('metrics.callsPerBatch'),
                tone: 'third',
                values: pick((one) => one.CallsPerBatch),
              },
            ]}
          />
        </Box>
      )}
    </div>
  );
}

/** A chart below its name. */
export function Box(props: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <section className="st-panel" data-wide={props.wide || undefined}>
      <Title order={2}>{props.title}</Title>
      {props.children}
    </section>
  );
}
