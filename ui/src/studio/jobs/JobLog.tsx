import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { dateTime, number, timeOfDay } from '../../base/format.ts';
import type { Job } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { VERSION } from './JobsPage.tsx';
import { eventOf, failureOf } from './told.ts';

type Line = { Time: string; Text: string };

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
        {data.value.map(({ Time, Text: text }) => (
          <li key={`${Time}${text}`} data-look={lookOf(text)}>
            <time dateTime={Time} title={dateTime(Time)} className="app-numbers">
              {timeOfDay(Time)}
            </time>
            <Text size="sm" className="st-lines">
              {told(text)}
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

function useToldLine(): (text: string) => string {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const failure = useToldFailure();
  return (text) => {
    const event = eventOf(text);
    if (!event) return text;
    switch (event.key) {
      case 'cut':
        return t('jobs.log.cut', { count: event.count ?? 0 });
      case 'failed':
        return t('jobs.log.failed', { what: failure(event.what ?? '') });
      case 'planned':
        return t('jobs.log.planned', { what: tell.message(event.what ?? '') });
      case 'waits':
      case 'chunkWaits':
        return t(`jobs.log.${event.key}`, {
          chunk: event.chunk,
          seconds: number(event.seconds, 1),
          what: tell.message(event.what),
        });
      default:
        return t(`jobs.log.${event.key}`);
    }
  };
}

function lookOf(text: string): string | undefined {
  if (text.startsWith('failed: ')) return 'Failed';
  return text === 'published: finished' ? 'Finished' : undefined;
}
