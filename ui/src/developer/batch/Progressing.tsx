import { Badge, Group, Progress, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime, number, percent } from '../../base/format.ts';
import { type Job, stateOf } from './job.ts';

/** How far an upload or a job is. */
export function Progressing({ share, job, label }: { share?: number; job?: Job; label: string }) {
  const { t } = useTranslation('developer');
  const { Rows, TotalRows, RowsPerSecond, EstimatedEnd } = job?.Progress ?? {};
  const state = job && stateOf(job);
  const done = share ?? (state === 'Finished' ? 1 : TotalRows ? (Rows ?? 0) / TotalRows : 0);
  const tone = state === 'Failed' ? 'danger' : state === 'Finished' ? 'ok' : 'accent';
  return (
    <div>
      <Group gap="sm" my="xs" role="status">
        {state && <Badge color={tone}>{t(`batch.states.${state}`)}</Badge>}
        <Text size="sm">{percent(done)}</Text>
        {TotalRows ? (
          <Text size="sm">
            {t('batch.rows', { done: number(Rows ?? 0), all: number(TotalRows) })}
          </Text>
        ) : null}
        {RowsPerSecond ? (
          <Text size="sm">{t('batch.pace', { rows: number(RowsPerSecond) })}</Text>
        ) : null}
        {EstimatedEnd && state === 'Running' ? (
          <Text size="sm">{t('batch.end', { time: dateTime(EstimatedEnd) })}</Text>
        ) : null}
      </Group>
      <Progress value={100 * done} color={tone} aria-label={label} />
      {job?.Details && (
        <Text size="sm" mt={4} className="dev-wrap">
          {job.Details}
        </Text>
      )}
    </div>
  );
}
