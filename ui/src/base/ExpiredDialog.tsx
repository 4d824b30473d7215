import { Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SignInForm } from './SignInForm.tsx';

/** Signing in again, above whatever dialog found that the session has ended. */
export function ExpiredDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const { t } = useTranslation('base');
  return (
    <Modal
      opened
      zIndex={450}
      onClose={onClose}
      title={t('expired.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" mb="sm">
        {t('expired.body')}
      </Text>
      <SignInForm email={email} links={false} onDone={onClose} />
    </Modal>
  );
}
