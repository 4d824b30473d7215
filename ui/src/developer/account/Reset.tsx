import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { SHORTEST } from './shortest.ts';
import { useToken } from './useToken.ts';

/** A forgotten password: asking for the mail, or choosing the new one. */
export default function Reset() {
  const token = useToken();
  return token ? <Choose token={token} /> : <Ask />;
}

function Ask() {
  const { t } = useTranslation(['developer', 'base']);
  const [email, setEmail] = useState('');
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: () => post('/account/reset', { email: email.trim() }),
  });
  return (
    <Narrow title={t('account.reset')}>
      {isSuccess ? (
        <Text role="status">{t('account.resetSent', { email })}</Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          <Stack gap="sm">
            <Text>{t('account.resetText')}</Text>
            <Refusal error={error} />
            <TextInput
              label={t('account.email')}
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" loading={isPending}>
              {t('account.resetAction')}
            </Button>
          </Stack>
        </form>
      )}
    </Narrow>
  );
}

function Choose({ token }: { token: string }) {
  const { t } = useTranslation(['developer', 'base']);
  const [, go] = useLocation();
  const [password, setPassword] = useState('');
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post('/account/reset/confirm', { token, password }),
    onSuccess: () => {
      toast.done(t('account.passwordChanged'));
      go('/signin');
    },
  });
  return (
    <Narrow title={t('account.reset')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <Stack gap="sm">
          <Refusal error={error} />
          <PasswordInput
            label={t('account.newPassword')}
            description={t('account.passwordHint')}
            autoComplete="new-password"
            minLength={SHORTEST}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('base:signIn.show') }}
          />
          <Button type="submit" loading={isPending}>
            {t('account.changePassword')}
          </Button>
        </Stack>
      </form>
    </Narrow>
  );
}
