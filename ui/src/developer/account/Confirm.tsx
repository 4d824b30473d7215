import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { useToken } from './useToken.ts';

/** The link of the confirmation mail; a click, since mail programs open links too. */
export default function Confirm() {
  const { t } = useTranslation('developer');
  const token = useToken();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post('/account/confirm', { token }),
    onSuccess: async () => {
      await client.invalidateQueries();
      toast.done(t('account.confirmed'));
      go('/products');
    },
  });
  return (
    <Narrow title={t('account.confirm')}>
      <Text mb="md">{t('account.confirmText')}</Text>
      <Refusal error={error} />
      <Button loading={isPending} disabled={!token} onClick={() => mutate()}>
        {t('account.confirmAction')}
      </Button>
    </Narrow>
  );
}
