import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { useToken } from './useToken.ts';

/** The link of the mail to a new address. */
export default function NewEmail() {
  const { t } = useTranslation('developer');
  const token = useToken();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post('/account/email/confirm', { token }),
    onSuccess: async () => {
      await client.invalidateQueries();
      toast.done(t('account.emailChanged'));
      go('/profile');
    },
  });
  return (
    <Narrow title={t('account.newEmail')}>
      <Text mb="md">{t('account.newEmailText')}</Text>
      <Refusal error={error} />
      <Button loading={isPending} disabled={!token} onClick={() => mutate()}>
        {t('account.newEmailAction')}
      </Button>
    </Narrow>
  );
}
