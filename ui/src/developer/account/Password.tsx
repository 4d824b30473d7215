import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { toast } from '../../base/toast.tsx';
import { Form } from './Form.tsx';
import { SHORTEST } from './shortest.ts';

export function Password() {
  const { t } = useTranslation(['developer', 'base']);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = async () => {
    await post('/account/password', { current, new: next });
    setCurrent('');
    setNext('');
    toast.done(t('account.passwordChanged'));
  };
  const toggle = { 'aria-label': t('base:signIn.show') };
  return (
    <Form
      title={t('account.changePassword')}
      lead={t('account.changePasswordLead')}
      action={t('account.changePassword')}
      onSubmit={change}
    >
      <PasswordInput
        label={t('account.currentPassword')}
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
        visibilityToggleButtonProps={toggle}
      />
      <PasswordInput
        label={t('account.newPassword')}
        description={t('account.passwordHint')}
        autoComplete="new-password"
        minLength={SHORTEST}
        required
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
        visibilityToggleButtonProps={toggle}
      />
    </Form>
  );
}
