import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from './Page.tsx';
import { PageLink } from './Shell.tsx';

export function NotFound() {
  const { t } = useTranslation('base');
  return (
    <Page title={t('notFound.title')} bare>
      <Title order={1}>{t('notFound.title')}</Title>
      <Text my="sm">{t('notFound.body')}</Text>
      <PageLink to="/">{t('notFound.home')}</PageLink>
    </Page>
  );
}
