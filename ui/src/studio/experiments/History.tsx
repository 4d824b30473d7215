import { Anchor } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Crumbs } from '../../base/Crumbs.tsx';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { isoOf } from '../data/moment.ts';
import { experimentQuery, pageQuery, useBase } from '../data/queries.ts';
import type { ExperimentEntry } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { StateBadge } from '../parts/state.tsx';
import { took } from '../parts/took.ts';
import { Thumbnail } from './Thumbnail.tsx';

/** Every run of an experiment, and its draft. */
export function History({ id }: { id: string }) {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const tell = useTelling();
  const table = useTable();
  const { data: experiment } = useSuspenseQuery(experimentQuery(api, id));
  const runs = useQuery(
    pageQuery<ExperimentEntry>('experiments', `${api}/experiments`, table, {
      family: experiment.FamilyId,
    }),
  );
  return (
    <Page
      title={t('history.title')}
      lead={t('history.lead')}
      above={
        <Crumbs
          trail={[
            { to: '/', label: t('nav.experiments') },
            { to: `/experiments/${id}`, label: experiment.Description },
          ]}
          here={t('history.title')}
        />
      }
    >
      <DataTable
        label={t('history.title')}
        table={table}
        searchable
        rows={runs.data?.Value}
        count={runs.data?.Count}
        loading={runs.isPending}
        error={runs.error}
        rowKey={(row) => row.ExperimentId}
        empty={<Empty text={t('history.empty')} />}
        columns={[
          {
            key: 'picture',
            title: t('experiments.graph'),
            hidden: true,
            width: 110,
            cell: (row) => <Thumbnail id={row.ExperimentId} etag={row.Etag} />,
          },
          {
            key: 'start',
            title: t('history.start'),
            sortable: true,
            cell: (row) => (
              <Anchor component={Link} href={`/experiments/${row.ExperimentId}`}>
                {row.Status.StartTime ? dateTime(isoOf(row.Status.StartTime)) : t('state.InDraft')}
              </Anchor>
            ),
          },
          {
            key: 'state',
            title: t('experiments.state'),
            sortable: true,
            cell: (row) => <StateBadge state={row.Status.StatusCode} />,
          },
          {
            key: 'took',
            title: t('history.took'),
            sortable: true,
            numeric: true,
            cell: (row) => took(row.Status.StartTime, row.Status.EndTime),
          },
          {
            key: 'detail',
            title: t('history.detail'),
            cell: (row) => tell.message(row.Status.StatusDetail || '–'),
          },
          { key: 'author', title: t('experiments.author'), cell: (row) => row.Creator },
        ]}
      />
    </Page>
  );
}
