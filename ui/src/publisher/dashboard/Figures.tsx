import { Anchor, Skeleton, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes, latency, number, percent } from '../../base/format.ts';
import { growth, NOTHING, type ReportRecord } from './report.ts';

type Props = {
  total?: ReportRecord;
  past?: ReportRecord;
  loaded: boolean;
  /** Shows the calls that failed. */
  onFailed: () => void;
};
/** Whether more of it is good, bad, or neither. */
type Taste = 'good' | 'bad' | 'none';

/** The figures of the range, each beside the range before. */
export function Figures({ total = NOTHING, past, loaded, onFailed }: Props) {
  const { t } = useTranslation('publisher');
  const share = (part: number) =>
    total.callCountTotal ? percent(part / total.callCountTotal) : '';
  const time = (value?: number) => (value === undefined ? '–' : latency(value));
  const figures: [string, string, string, number | null, Taste][] = [
    [
      t('dashboard.calls'),
      number(total.callCountTotal),
      '',
      growth(total.callCountTotal, past?.callCountTotal),
      'none',
    ],
    [
      t('dashboard.blocked'),
      number(total.callCountBlocked),
      share(total.callCountBlocked),
      growth(total.callCountBlocked, past?.callCountBlocked),
      'bad',
    ],
    [
      t('dashboard.failed'),
      number(total.callCountFailed),
      share(total.callCountFailed),
      growth(total.callCountFailed, past?.callCountFailed),
      'bad',
    ],
    [
      t('dashboard.p50'),
      time(total.apiTimeP50),
      '',
      growth(total.apiTimeP50, past?.apiTimeP50),
      'bad',
    ],
    [
      t('dashboard.p95'),
      time(total.apiTimeP95),
      '',
      growth(total.apiTimeP95, past?.apiTimeP95),
      'bad',
    ],
    [
      t('dashboard.bandwidth'),
      bytes(total.bandwidth),
      '',
      growth(total.bandwidth, past?.bandwidth),
      'none',
    ],
  ];
  const compared = figures.some(([, , , change]) => change !== null);
  return (
    <div>
      <dl className="pub-figures">
        {figures.map(([name, value, part, change, taste]) => (
          <div key={name} className="pub-box">
            <dt>{name}</dt>
            <dd>
              {loaded ? value : <Skeleton h={28} w={80} />}
              {loaded && part && (
                <Text span size="sm" c="dimmed" ml={6}>
                  {part}
                </Text>
              )}
            </dd>
            {compared && (
              <dd className="pub-change">
                <Change change={change} taste={taste} />
              </dd>
            )}
            {name === t('dashboard.failed') && total.callCountFailed > 0 && (
              <dd className="pub-change">
                <Anchor component="button" type="button" size="xs" onClick={onFailed}>
                  {t('dashboard.see')}
                </Anchor>
              </dd>
            )}
          </div>
        ))}
      </dl>
      {loaded && (
        <Text size="xs" c="dimmed" mt={6}>
          {t(compared ? 'dashboard.compared' : 'dashboard.nonePast')}
        </Text>
      )}
    </div>
  );
}

function Change({ change, taste }: { change: number | null; taste: Taste }) {
  const { t } = useTranslation('publisher');
  if (change === null) return t('dashboard.noPast');
  const worse = taste === 'bad' && change > 0.005;
  const better = taste === 'bad' && change < -0.005;
  const colour = worse ? 'danger' : better ? 'ok' : 'gray';
  const text = `${change > 0 ? '+' : ''}${percent(change)}`;
  return (
    <span style={{ color: colour === 'gray' ? undefined : `var(--mantine-color-${colour}-text)` }}>
      {text}
    </span>
  );
}
