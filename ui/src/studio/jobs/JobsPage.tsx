import { Button, Select } from '@mantine/core';
import { useQueries, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { get } from '../../api/client.ts';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { endpointsQuery, servicesQuery, useBase } from '../data/queries.ts';
import type { Job } from '../data/types.ts';
import { callsOf } from '../services/calls.ts';
import { JobTable } from './JobTable.tsx';

const LOOK = 1_500;
const CALM = 10_000;
/** Every call of a service tells which API it means. */
export const VERSION = { 'api-version': '2.0' };
export type Listed = Job & { endpoint: string; path: string };

/** Batch jobs of a service, as they go on. */
export function JobsPage() {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const [params, setParams] = useSearchParams();
  const { data: all } = useSuspenseQuery(servicesQuery(services));
  const service = all.find(({ Id }) => Id === params.get('service')) ?? all[0];
  return (
    <Page title={t('nav.jobs')} lead={t('jobs.lead')}>
      {service ? (
        <>
          <Select
            mb="md"
            maw={420}
            label={t('jobs.service')}
            searchable
            allowDeselect={false}
            data={all.map(({ Id, Name }) => ({ value: Id, label: Name }))}
            value={service.Id}
            onChange={(id) => id && setParams({ service: id }, { replace: true })}
          />
          <OfService key={service.Id} service={service.Id} />
        </>
      ) : (
        <Empty text={t('services.empty')} />
      )}
    </Page>
  );
}

function OfService({ service }: { service: string }) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const { data: endpoints } = useSuspenseQuery(endpointsQuery(services, service));
  const lists = useQueries({
    queries: endpoints.map(({ Name }) => ({
      queryKey: ['jobs', service, Name],
      queryFn: () => get<{ value: Job[] }>(`${callsOf(services, service, Name)}/jobs`, VERSION),
      refetchInterval: ({ state }: { state: { data?: { value: Job[] } } }) =>
        state.data?.value.some(({ StatusCode }) => StatusCode === 'Running') ? LOOK : CALM,
    })),
  });
  const error = lists.find((list) => list.error)?.error;
  const ready = lists.every((list) => list.data);
  const jobs: Listed[] = lists
    .flatMap(({ data }, at) => {
      const endpoint = endpoints[at]!.Name;
      const path = `${callsOf(services, service, endpoint)}/jobs`;
      return (data?.value ?? []).map((job) => ({ ...job, endpoint, path }));
    })
    .sort((one, other) => (other.CreatedAt ?? '').localeCompare(one.CreatedAt ?? ''));
  const [first] = endpoints;
  return (
    <>
      <Refusal error={error} />
      <JobTable
        jobs={ready ? jobs : undefined}
        several={endpoints.length > 1}
        empty={
          <Empty
            text={t('jobs.empty')}
            action={
              first && (
                <Button
                  component={Link}
                  variant="default"
                  href={`/services/${service}/endpoints/${encodeURIComponent(first.Name)}/help/jobs`}
                >
                  {t('help.page.jobs')}
                </Button>
              )
            }
          />
        }
      />
    </>
  );
}
