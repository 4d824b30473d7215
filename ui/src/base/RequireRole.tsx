import { Anchor, Container, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { later } from './later.ts';

const SignInForm = later(async () => (await import('./SignInForm.tsx')).SignInForm);

/** Shows a face of the back office to those who have a part in it, others where to go. */
export function RequireRole({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('base');
  const { user } = useSession();
  if (user?.role) return children;
  return (
    <Container size={420} py="xl" w="100%">
      <Title order={1} mb="xs">
        {title}
      </Title>
      {user ? (
        <Text>
          {t('role.none', { email: user.email })} <Anchor href="/">{t('role.portal')}</Anchor>
        </Text>
      ) : (
        <>
          <Text c="dimmed" mb="md">
            {t('role.signIn')}
          </Text>
          <SignInForm />
        </>
      )}
    </Container>
  );
}
