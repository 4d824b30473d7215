import { Anchor, List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Job, linkOf } from './job.ts';

/** Links to the results, signed for a day. */
export function Results({ job }: { job: Job }) {
  const { t } = useTranslation('developer');
  return (
    <List spacing={4} mt="xs">
      {Object.entries(job.Results ?? {}).map(([name, place]) => (
        <List.Item key={name}>
          <Anchor href={linkOf(place)} download rel="noreferrer">
            {t('batch.downloadOne', { name })}
          </Anchor>{' '}
          <code className="app-code">{place.RelativeLocation}</code>
        </List.Item>
      ))}
    </List>
  );
}
