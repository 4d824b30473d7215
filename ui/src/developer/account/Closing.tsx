import { PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { remove } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { toast } from '../../base/toast.tsx';
import { Form } from './Form.tsx';

export function Closing({ email }: { email: string }) {
  const { t } = useTranslation(['developer', 'base']);
  const client = useQueryClient();
  const confirm = useConfirm();
  const [, go] = useLocation();
  const [password, setPassword] = useState('');
  const close = async () => {
    const sure = await confirm({
      title: t('account.deleteTitle', { email }),
      body: t('account.deleteBody'),
      action: t('account.delete'),
      danger: true,
    });
    if (!sure) return;
    await remove('/account', { password });
    toast.done(t('account.deleted'));
    go('/');
    await client.invalidateQueries();
  };
  return (
    <Form
      title={t('account.delete')}
      lead={t('account.deleteLead')}
      action={t('account.delete')}
      danger
      onSubmit={close}
    >
      <PasswordInput
        label={t('account.currentPassword')}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('base:signIn.show') }}
      />
    </Form>
  );
}
