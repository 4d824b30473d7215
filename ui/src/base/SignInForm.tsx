import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession, useSignIn } from '../api/session.ts';
import { Refusal } from './Refusal.tsx';

type Props = { onDone?: () => void; back?: string; email?: string; links?: boolean };

/** Name and password, or another provider's door. */
export function SignInForm({ onDone, back, email: known = '', links = true }: Props) {
  const { t } = useTranslation('base');
  const { site } = useSession();
  const signIn = useSignIn();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await signIn(email.trim(), password);
      onDone?.();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const place = back ?? `${window.location.pathname}${window.location.search}`;
  const elsewhere = site.delegation.signIn;
  return (
    <Stack gap="sm">
      {elsewhere && (
        <Button
          component="a"
          href={`/session/delegation/signin?return=${encodeURIComponent(place)}`}
        >
          {t('signIn.elsewhere')}
        </Button>
      )}
      {/* Where others do the signing in, the form is for those who run the site. */}
      {elsewhere && <Divider label={t('signIn.staff')} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Refusal error={error} />
          <TextInput
            label={t('signIn.email')}
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('signIn.password')}
            autoComplete="current-password"
            data-autofocus={known ? true : undefined}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          />
          <Button type="submit" loading={busy} fullWidth>
            {t('signIn.action')}
          </Button>
        </Stack>
      </form>
      {links && !elsewhere && (
        <Text size="sm">
          <Anchor href="/reset">{t('signIn.forgot')}</Anchor>
          {site.signUp.enabled && (
            <>
              {' · '}
              <Anchor href="/signup">{t('signIn.signUp')}</Anchor>
            </>
          )}
        </Text>
      )}
      {site.providers.length > 0 && (
        <>
          <Divider label={t('signIn.or')} />
          {site.providers.map(({ name, title }) => (
            <Button
              key={name}
              variant="default"
              component="a"
              href={`/session/providers/${encodeURIComponent(name)}/start?return=${encodeURIComponent(place)}`}
            >
              {t('signIn.with', { title })}
            </Button>
          ))}
        </>
      )}
    </Stack>
  );
}
