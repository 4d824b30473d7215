import { Center, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Loading() {
  const { t } = useTranslation('base');
  return (
    <Center p="xl" role="status" aria-live="polite">
      <Loader size="sm" type="dots" aria-label={t('loading')} />
    </Center>
  );
}
