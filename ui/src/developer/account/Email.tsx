import { PasswordInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { User } from '../../api/session.ts';
import { Form } from './Form.tsx';

export function Email({ user }: { user: User }) {
  const { t } = useTranslation(['developer', 'base']);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [sent, setSent] = useState('');
  const ask = async () => {
    await post('/account/email', { email: email.trim(), password });
    setSent(email.trim());
    setEmail('');
    setPassword('');
  };
  return (
    <Form
      title={t('account.changeEmail')}
      lead={t('account.changeEmailLead', { email: user.email })}
      action={t('account.changeEmailAction')}
      onSubmit={ask}
    >
      {sent && <Text role="status">{t('account.changeEmailSent', { email: sent })}</Text>}
      <TextInput
        label={t('account.newEmail')}
        type="email"
        autoComplete="email"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('account.currentPassword')}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('base:signIn.show') }}
      />
    </Form>
  );
}
