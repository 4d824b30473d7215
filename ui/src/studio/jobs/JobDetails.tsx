import { Alert, Anchor, Button, Drawer, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { call, get } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { dateTime, number } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useForget, useMayEdit } from '../data/queries.ts';
import type { Job } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { took } from '../parts/took.ts';
import { JobLog, useToldFailure } from './JobLog.tsx';
import { VERSION } from './JobsPage.tsx';
import { JobState, Way } from './JobTable.tsx';

/** One job: how far it is, where its results are, what went wrong, its log. */
export function JobDetails({
  job,
  place,
  onClose,
}: {
  job: Job;
  place: string;
  onClose: () => void;
}) {
  const { t } = useTranslation(['studio', 'base']);
  const edits = useMayEdit();
  const confirm = useConfirm();
  const forget = useForget();
  const path = `${place}/${job.JobId}`;
  const running = job.StatusCode === 'Running';
  const { data, error } = useQuery({
    queryKey: ['jobs', 'one', job.JobId, job.StatusCode],
    queryFn: () => get<Job>(path, VERSION),
    refetchInterval: running ? 1_500 : false,
  });
  const told = useToldFailure();
  const tell = useTelling();
  const now = data ?? job;
  const act = async (method: 'POST' | 'DELETE', tail: string, done: string) => {
    try {
      await call(method, `${path}${tail}`, { query: VERSION });
      await forget('jobs');
      toast.done(done);
      if (method === 'DELETE' && !running) onClose();
    } catch (caught) {
      toast.failed(caught);
    }
  };
  const end = async () => {
    const sure = await confirm({
      title: t(running ? 'jobs.cancelTitle' : 'jobs.deleteTitle'),
      body: t('jobs.deleteBody'),
      action: t(running ? 'jobs.cancel' : 'base:delete'),
      danger: true,
    });
    if (sure) await act('DELETE', '', t('jobs.deleted'));
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('jobs.one', { id: job.JobId.slice(0, 12) })}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Group gap="sm" mb="xs">
        <JobState state={now.StatusCode} />
        <Text size="sm" c="dimmed">
          {now.StartTime
            ? t('jobs.took', {
                at: dateTime(now.StartTime),
                time: took(now.StartTime, now.EndTime ?? new Date().toISOString()),
              })
            : t('jobs.submitted', { at: dateTime(now.CreatedAt) })}
        </Text>
      </Group>
      <Way job={now} />
      <Refusal error={error} />
      {now.Waiting && running && (
        <Alert color="warn" mt="sm">
          <Text size="sm">{t('jobs.waiting', { what: tell.message(now.Waiting) })}</Text>
        </Alert>
      )}
      {job.Details && (
        <Alert color={job.StatusCode === 'Failed' ? 'danger' : 'gray'} mt="sm" role="alert">
          <Text size="sm" className="st-lines">
            {told(job.Details)}
          </Text>
        </Alert>
      )}
      {edits && (
        <Group gap="xs" mt="sm">
          {job.StatusCode === 'NotStarted' && (
            <Button size="xs" onClick={() => void act('POST', '/start', t('jobs.started'))}>
              {t('jobs.start')}
            </Button>
          )}
          {job.StatusCode === 'Failed' && (
            <Button size="xs" onClick={() => void act('POST', '/retry', t('jobs.started'))}>
              {t('base:retry')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => void end()}>
            {t(running ? 'jobs.cancel' : 'base:delete')}
          </Button>
        </Group>
      )}
      {data?.Results && (
        <>
          <Title order={3} mt="md">
            {t('jobs.results')}
          </Title>
          {Object.entries(data.Results).map(([name, place]) => (
            <Text key={name} size="sm">
              <Anchor
                href={`${place.BaseLocation.replace(/\/$/, '')}/${place.RelativeLocation}${place.SasBlobToken}`}
                download
              >
                <Download size={14} aria-hidden /> {name}
              </Anchor>{' '}
              <span className="st-break">{place.RelativeLocation}</span>
            </Text>
          ))}
        </>
      )}
      {data?.Failures && data.Failures.length > 0 && (
        <>
          <Title order={3} mt="md">
            {t('jobs.failures')}
          </Title>
          <Table fz="sm" className="app-numbers" aria-label={t('jobs.failures')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('jobs.firstRow')}</Table.Th>
                <Table.Th>{t('datasets.rows')}</Table.Th>
                <Table.Th>{t('jobs.attempts')}</Table.Th>
                <Table.Th>{t('jobs.reason')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.Failures.map((failure) => (
                <Table.Tr key={failure.Chunk}>
                  <Table.Td>{number(failure.FirstRow)}</Table.Td>
                  <Table.Td>{number(failure.Rows)}</Table.Td>
                  <Table.Td>{number(failure.Attempts)}</Table.Td>
                  <Table.Td className="st-lines">{told(failure.Reason)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      <JobLog job={now} path={path} />
    </Drawer>
  );
}
