import { Modal, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { whenExpired } from '../api/client.ts';
import { type Session, sessionQuery } from '../api/session.ts';
import { SignInForm } from './SignInForm.tsx';

/** A session that ended while a page was open: sign in again without losing the page. */
export function Expired() {
  const { t } = useTranslation('base');
  const client = useQueryClient();
  const [email, setEmail] = useState<string | null>(null);
  useEffect(() => {
    whenExpired(() => {
      const user = client.getQueryData<Session>(sessionQuery.queryKey)?.user;
      if (user) setEmail(user.email);
      else void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    });
  }, [client]);
  return (
    <Modal
      opened={email !== null}
      // Above whatever dialog found that the session has ended.
      zIndex={450}
      onClose={() => setEmail(null)}
      title={t('expired.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" mb="sm">
        {t('expired.body')}
      </Text>
      <Suspense>
        {email !== null && <SignInForm email={email} links={false} onDone={() => setEmail(null)} />}
      </Suspense>
    </Modal>
  );
}
