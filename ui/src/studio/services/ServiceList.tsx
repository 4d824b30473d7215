import { Anchor, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { dateTime, number } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { pageQuery, useBase } from '../data/queries.ts';
import type { Service } from '../data/types.ts';

/** Every published web service. */
export function ServiceList() {
  const { t } = useTranslation(['studio', 'base']);
  const { services } = useBase();
  const table = useTable();
  const { data, error, isPending } = useQuery(pageQuery<Service>('services', services, table));
  return (
    <Page title={t('nav.services')} lead={t('services.lead')}>
      <DataTable
        label={t('nav.services')}
        table={table}
        rows={data?.Value}
        count={data?.Count}
        loading={isPending}
        error={error}
        searchable
        rowKey={(row) => row.Id}
        empty={
          <Empty
            text={t('services.empty')}
            action={
              <Button component={Link} href="/" variant="default">
                {t('nav.experiments')}
              </Button>
            }
          />
        }
        columns={[
          {
            key: 'name',
            title: t('base:name'),
            sortable: true,
            cell: (row) => (
              <div>
                <Anchor component={Link} fw={550} href={`/services/${row.Id}`}>
                  {row.Name}
                </Anchor>
                {row.Description && (
                  <Text size="xs" c="dimmed" lineClamp={2} maw={560}>
                    {row.Description}
                  </Text>
                )}
              </div>
            ),
          },
          {
            key: 'endpoints',
            title: t('services.endpoints'),
            sortable: true,
            numeric: true,
            cell: (row) => number(row.EndpointCount),
          },
          {
            key: 'created',
            title: t('datasets.created'),
            sortable: true,
            cell: (row) => dateTime(row.CreationTime),
          },
        ]}
      />
    </Page>
  );
}
