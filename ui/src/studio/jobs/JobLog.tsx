import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { dateTime, number, timeOfDay } from '../../base/format.ts';
import type { Job } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { VERSION } from './JobsPage.tsx';
import { eventOf, failureOf, type Line } from './told.ts';

/** What happened to a job, line by line, each after the one before. */
export function JobLog({ job, path }: { job: Job; path: string }) {
  const { t } = useTranslation('studio');
  const told = useToldLine();
  const { data } = useQuery({
    queryKey: ['jobs', 'log', job.JobId, job.StatusCode],
    queryFn: () => get<{ value: Line[] }>(`${path}/log`, VERSION),
    refetchInterval: job.StatusCode === 'Running' ? 1_500 : false,
  });
  if (!data?.value.length) return null;
  return (
    <section aria-label={t('designer.log')}>
      <Title order={3} mt="lg" mb={4}>
        {t('designer.log')}
      </Title>
      <ol className="st-events">
        {data.value.map((line) => (
          <li key={`${line.Time}${line.Text}`} data-look={LOOKS[line.Kind ?? '']}>
            <time dateTime={line.Time} title={dateTime(line.Time)} className="app-numbers">
              {timeOfDay(line.Time)}
            </time>
            <Text size="sm" className="st-lines">
              {told(line)}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A failure's words without what the page shows anyway. */
export function useToldFailure(): (details: string) => string {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  return (details) => {
    const { module, row, cells, reason } = failureOf(details);
    return [
      module && t('jobs.ofModule', { module: tell.module(module) }),
      row && t('jobs.ofRow', { row: number(row) }),
      cells,
      tell.message(reason),
    ]
      .filter(Boolean)
      .join('\n');
  };
}

function useToldLine(): (line: Line) => string {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const failure = useToldFailure();
  return (line) => {
    const event = eventOf(line);
    const reason = line.Reason ?? '';
    switch (event) {
      case null:
        return line.Text;
      case 'cut':
        return t('jobs.log.cut', { count: line.Chunks ?? 0 });
      case 'failed':
        return t('jobs.log.failed', { what: failure(reason) });
      case 'uncut':
        return t('jobs.log.uncut', { what: tell.message(reason) });
      case 'waits':
        return t(line.Chunk === null ? 'jobs.log.waits' : 'jobs.log.chunkWaits', {
          chunk: line.Chunk,
          seconds: number(line.Seconds ?? 0, 1),
          what: tell.message(reason),
        });
      default:
        return t(`jobs.log.${event}`);
    }
  };
}

const LOOKS: Record<string, string> = { failed: 'Failed', published: 'Finished' };
