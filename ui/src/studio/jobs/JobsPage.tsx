import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../../api/client.ts';
import { Page } from '../../base/Page.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { type TableState, useTable } from '../../parts/useTable.ts';
import { endpointsQuery, serviceQuery, servicesQuery, useBase } from '../data/queries.ts';
import type { Job } from '../data/types.ts';
import { callsOf } from '../services/calls.ts';
import { JobTable } from './JobTable.tsx';

const LOOK = 1_500;
const CALM = 10_000;
const OFFERED = 50;
const STATES: Job['StatusCode'][] = ['NotStarted', 'Running', 'Finished', 'Failed', 'Cancelled'];
/** Every call of a service tells which API it means. */
export const VERSION = { 'api-version': '2.0' };
export type JobList = { value: Job[]; count: number };

/** Batch jobs of a service, as they go on. */
export function JobsPage() {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const table = useTable();
  const { data: newest } = useSuspenseQuery(servicesQuery(services, { count: 1 }));
  const service = table.value('service') || newest.Value[0]?.Id;
  return (
    <Page title={t('nav.jobs')} lead={t('jobs.lead')}>
      {service ? (
        <OfService key={service} service={service} table={table} />
      ) : (
        <Empty text={t('services.empty')} />
      )}
    </Page>
  );
}

function OfService({ service, table }: { service: string; table: TableState }) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const { data: endpoints } = useSuspenseQuery(endpointsQuery(services, service));
  const asked = table.value('endpoint');
  const endpoint = endpoints.find(({ Name }) => Name === asked) ?? endpoints[0];
  const path = `${callsOf(services, service, endpoint?.Name ?? '')}/jobs`;
  const state = table.value('state');
  const jobs = useQuery({
    queryKey: ['jobs', path, state, table.skip, table.size, table.search],
    queryFn: () =>
      get<JobList>(path, {
        ...VERSION,
        skip: table.skip,
        limit: table.size,
        search: table.search,
        state,
      }),
    enabled: endpoint !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.value.some(({ StatusCode }) => StatusCode === 'Running') ? LOOK : CALM,
  });
  return (
    <JobTable
      jobs={jobs.data}
      error={jobs.error}
      path={path}
      table={table}
      tools={
        <>
          <ServiceSelect
            value={service}
            onChange={(id) => table.set({ service: id, endpoint: null })}
          />
          {endpoints.length > 1 && (
            <Select
              label={t('jobs.endpoint')}
              allowDeselect={false}
              data={endpoints.map(({ Name }) => Name)}
              value={endpoint?.Name ?? null}
              onChange={(name) => table.set({ endpoint: name })}
            />
          )}
          <Select
            label={t('experiments.state')}
            placeholder={t('jobs.anyState')}
            clearable
            data={STATES.map((value) => ({ value, label: t(`jobs.states.${value}`) }))}
            value={state || null}
            onChange={(chosen) => table.set({ state: chosen })}
          />
        </>
      }
      empty={
        <Empty
          text={t(state ? 'jobs.noneSo' : 'jobs.empty')}
          action={
            endpoint && (
              <Button
                component={Link}
                variant="default"
                href={`/services/${service}/endpoints/${encodeURIComponent(endpoint.Name)}/help/jobs`}
              >
                {t('help.page.jobs')}
              </Button>
            )
          }
        />
      }
    />
  );
}

/** One of thousands of services: the server looks for what is typed. */
function ServiceSelect({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const { data: chosen } = useSuspenseQuery(serviceQuery(services, value));
  const [typed, type] = useState(chosen.Name);
  const [search] = useDebouncedValue(typed === chosen.Name ? '' : typed, 250);
  const { data } = useQuery(servicesQuery(services, { count: OFFERED, search, sort: 'name' }));
  const offered = (data?.Value ?? []).filter(({ Id }) => Id !== value);
  return (
    <Select
      w={320}
      label={t('jobs.service')}
      searchable
      allowDeselect={false}
      // The server has chosen already.
      filter={({ options }) => options}
      data={[chosen, ...offered].map(({ Id, Name }) => ({ value: Id, label: Name }))}
      value={value}
      searchValue={typed}
      onSearchChange={type}
      onChange={(id) => id && onChange(id)}
    />
  );
}
