import { Group, SegmentedControl, Select, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { dateTime } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { useBase } from '../data/queries.ts';
import type { Endpoint, Service } from '../data/types.ts';
import { Charts } from './Charts.tsx';
import { Figures } from './Figures.tsx';
import { type Metrics, WINDOWS } from './metrics.ts';
import { Sizes } from './Sizes.tsx';

const LOOK = { hour: 5_000, day: 60_000 };

type Props = { service: Service; endpoints: Endpoint[] };

/** What the calls of an endpoint were like, as it goes on. */
export function MetricsTab({ service, endpoints }: Props) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const table = useTable();
  const span = WINDOWS.find((one) => one === table.value('window')) ?? 'hour';
  const asked = table.value('endpoint') || service.DefaultEndpointName;
  const endpoint = endpoints.find(({ Name }) => Name === asked) ?? endpoints[0];
  const name = endpoint?.Name ?? '';
  const path = `${services}/${service.Id}/endpoints/${encodeURIComponent(name)}/metrics`;
  const { data, error } = useQuery({
    queryKey: ['metrics', path, span],
    queryFn: () => get<Metrics>(path, { window: span }),
    enabled: Boolean(name),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK[span],
  });
  return (
    <>
      <Group mb="md" gap="sm">
        <SegmentedControl
          aria-label={t('metrics.window')}
          value={span}
          onChange={(next) => table.set({ window: next })}
          data={WINDOWS.map((value) => ({ value, label: t(`metrics.windows.${value}`) }))}
        />
        {endpoints.length > 1 && (
          <Select
            aria-label={t('jobs.endpoint')}
            allowDeselect={false}
            data={endpoints.map(({ Name }) => Name)}
            value={name}
            onChange={(next) => table.set({ endpoint: next })}
          />
        )}
        {data && (
          <Text size="sm" c="dimmed">
            {t('metrics.since', { moment: dateTime(data.Since) })}
          </Text>
        )}
      </Group>
      <Refusal error={error} />
      {data && (
        <>
          <Figures metrics={data} />
          {data.Window.Total.Calls ? (
            <Charts window={data.Window} batches={data.BatchesByCalls.some(({ Count }) => Count)} />
          ) : (
            <Empty text={t(`metrics.empty.${span}`)} />
          )}
          <Sizes metrics={data} />
        </>
      )}
    </>
  );
}
