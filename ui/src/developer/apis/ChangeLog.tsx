import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { date } from '../../base/format.ts';
import { Empty } from '../../parts/Empty.tsx';
import type { ApiDetails } from '../data.ts';

export function ChangeLog({ api }: { api: ApiDetails }) {
  const { t } = useTranslation('developer');
  if (!api.changeLog.length) return <Empty text={t('api.noChanges')} />;
  return api.changeLog.map(({ revision, notes, createdDateTime }) => (
    <article key={`${revision} ${createdDateTime}`} className="dev-entry">
      <Title order={2}>{t('api.revision', { revision })}</Title>
      <Text size="sm" c="dimmed">
        {date(createdDateTime)}
      </Text>
      <Text mt={4} style={{ whiteSpace: 'pre-line' }}>
        {notes || t('api.noNotes')}
      </Text>
    </article>
  ));
}
