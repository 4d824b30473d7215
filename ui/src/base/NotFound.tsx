import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { Page } from './Page.tsx';
import { PageLink } from './Shell.tsx';

export function NotFound() {
  const { t } = useTranslation('base');
  const { user } = useSession();
  const { pathname, search } = window.location;
  return (
    <Page title={t('notFound.title')} bare>
      <Title order={1}>{t('notFound.title')}</Title>
      <Text my="sm">{t('notFound.body')}</Text>
      {!user && (
        <Text mb="sm">
          <PageLink to={`/signin?return=${encodeURIComponent(pathname + search)}`}>
            {t('notFound.signIn')}
          </PageLink>
        </Text>
      )}
      <PageLink to="/">{t('notFound.home')}</PageLink>
    </Page>
  );
}
