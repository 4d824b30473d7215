import { useTranslation } from 'react-i18next';
import { milliseconds, number, percent } from '../../base/format.ts';
import { type Metrics, refused } from './metrics.ts';

/** The window in a few numbers. */
export function Figures({ metrics }: { metrics: Metrics }) {
  const { t } = useTranslation('studio');
  const { Total } = metrics.Window;
  const share = (part: number) => (part ? percent(part / Total.Calls) : '');
  const time = (value: number | null) => (value === null ? '–' : milliseconds(value * 1000));
  const figures = [
    [t('metrics.calls'), number(Total.Calls), ''],
    [t('metrics.failed'), number(refused(Total).failed), share(refused(Total).failed)],
    [t('metrics.throttled'), number(Total.Throttled), share(Total.Throttled)],
    [t('metrics.p50'), time(Total.P50), ''],
    [t('metrics.p99'), time(Total.P99), ''],
    [t('metrics.rows'), number(Total.Rows), ''],
    [
      t('metrics.inFlight'),
      number(metrics.InFlight),
      t('metrics.most', { count: metrics.MaxConcurrentCalls }),
    ],
  ];
  return (
    <dl className="st-numbers">
      {figures.map(([name, value, beside]) => (
        <div key={name} className="st-panel">
          <dt>{name}</dt>
          <dd>
            {value} {beside && <small>{beside}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
