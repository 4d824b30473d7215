import { Badge, Button, Progress, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime, number, seconds } from '../../base/format.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import type { TableState } from '../../parts/useTable.ts';
import type { Job } from '../data/types.ts';
import { took } from '../parts/took.ts';
import { JobDetails } from './JobDetails.tsx';
import type { JobList } from './JobsPage.tsx';

const COLOURS: Record<Job['StatusCode'], string> = {
  NotStarted: 'gray',
  Running: 'accent',
  Finished: 'ok',
  Failed: 'danger',
  Cancelled: 'warn',
};

type Props = {
  jobs: JobList | undefined;
  error: unknown;
  /** Where the jobs are. */
  path: string;
  table: TableState;
  /** Which jobs are asked for. */
  tools: ReactNode;
  empty: ReactNode;
};

export function JobTable({ jobs, error, path, table, tools, empty }: Props) {
  const { t } = useTranslation('studio');
  const [opened, open] = useState<string | null>(null);
  const shown = jobs?.value.find(({ JobId }) => JobId === opened);
  return (
    <>
      <DataTable
        label={t('nav.jobs')}
        table={table}
        rows={jobs?.value}
        count={jobs?.count}
        loading={!jobs}
        error={error}
        searchable
        tools={tools}
        rowKey={(job) => job.JobId}
        empty={empty}
        columns={[
          {
            key: 'id',
            title: t('jobs.id'),
            cell: (job) => <code className="app-code">{job.JobId.slice(0, 12)}…</code>,
          },
          {
            key: 'state',
            title: t('experiments.state'),
            cell: (job) => <JobState state={job.StatusCode} />,
          },
          {
            key: 'progress',
            title: t('jobs.progress'),
            width: 240,
            cell: (job) => <Way job={job} />,
          },
          {
            key: 'created',
            title: t('datasets.created'),
            cell: (job) => dateTime(job.CreatedAt),
          },
          {
            key: 'took',
            title: t('history.took'),
            numeric: true,
            cell: (job) => took(job.StartTime, job.EndTime),
          },
          {
            key: 'actions',
            title: t('jobs.details'),
            hidden: true,
            cell: (job) => (
              <Button size="compact-sm" variant="subtle" onClick={() => open(job.JobId)}>
                {t('jobs.details')}
                <span className="app-hidden"> {job.JobId.slice(0, 12)}</span>
              </Button>
            ),
          },
        ]}
      />
      {shown && <JobDetails job={shown} place={path} onClose={() => open(null)} />}
    </>
  );
}

export function JobState({ state }: { state: Job['StatusCode'] }) {
  const { t } = useTranslation('studio');
  return <Badge color={COLOURS[state]}>{t(`jobs.states.${state}`)}</Badge>;
}

/** Rows done of rows there are, and when the rest is expected. */
export function Way({ job }: { job: Job }) {
  const { t } = useTranslation('studio');
  const { Rows: done, TotalRows: total, RowsPerSecond: pace, EstimatedEnd: end } = job.Progress;
  const share = total ? (100 * (done ?? 0)) / total : job.StatusCode === 'Finished' ? 100 : 0;
  return (
    <div className="st-way">
      <Progress
        value={share}
        size="sm"
        animated={job.StatusCode === 'Running'}
        color={COLOURS[job.StatusCode] === 'gray' ? 'accent' : COLOURS[job.StatusCode]}
        aria-label={t('jobs.progress')}
      />
      <Text size="xs" c="dimmed">
        {total
          ? t('jobs.rows', { done: number(done ?? 0), total: number(total) })
          : t('jobs.notCounted')}
        {job.StatusCode === 'Running' && pace ? ` · ${t('jobs.pace', { pace: number(pace) })}` : ''}
        {job.StatusCode === 'Running' && end
          ? ` · ${t('jobs.left', { time: seconds(Math.max(0, Math.round((Date.parse(end) - Date.now()) / 1000))) })}`
          : ''}
      </Text>
    </div>
  );
}
