import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { SHORTEST } from './shortest.ts';
import { useToken } from './useToken.ts';

/** The link of an invitation: a name and a password make the account. */
export default function Invitation() {
  const { t } = useTranslation(['developer', 'base']);
  const token = useToken();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [firstName, setFirstName] = useState('');
  const [lastName, setLastName] = useState('');
  const [password, setPassword] = useState('');
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post('/account/invitation/confirm', { token, password, firstName, lastName }),
    onSuccess: async () => {
      await client.invalidateQueries();
      toast.done(t('account.welcome'));
      go('/');
    },
  });
  return (
    <Narrow title={t('account.invitation')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <Stack gap="sm">
          <Text>{t('account.invitationText')}</Text>
          <Refusal error={error} />
          <TextInput
            label={t('account.firstName')}
            autoComplete="given-name"
            required
            value={firstName}
            onChange={(event) => setFirstName(event.currentTarget.value)}
          />
          <TextInput
            label={t('account.lastName')}
            autoComplete="family-name"
            required
            value={lastName}
            onChange={(event) => setLastName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('account.password')}
            description={t('account.passwordHint')}
            autoComplete="new-password"
            minLength={SHORTEST}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('base:signIn.show') }}
          />
          <Button type="submit" loading={isPending} disabled={!token}>
            {t('account.join')}
          </Button>
        </Stack>
      </form>
    </Narrow>
  );
}
