import { Button, Checkbox, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { language } from '../../base/i18n.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { SHORTEST } from './shortest.ts';

/** A new account; a mail asks whether the address is right. */
export default function SignUp() {
  const { t } = useTranslation(['developer', 'base']);
  const { site, user } = useSession();
  const [fields, setFields] = useState({ email: '', password: '', firstName: '', lastName: '' });
  const [accepted, setAccepted] = useState(false);
  const { terms } = site.signUp;
  const mustAccept = terms.enabled && terms.consentRequired;
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: () =>
      post('/account', {
        ...fields,
        email: fields.email.trim(),
        termsAccepted: accepted,
        language: language(),
      }),
  });
  const title = t('account.signUp');
  if (user)
    return (
      <Narrow title={title}>
        <Text>
          {t('account.signedIn', { email: user.email })}{' '}
          <PageLink to="/">{t('account.goOn')}</PageLink>
        </Text>
      </Narrow>
    );
  if (!site.signUp.enabled)
    return (
      <Narrow title={title}>
        <Text>{t('account.closed')}</Text>
      </Narrow>
    );
  if (isSuccess)
    return (
      <Narrow title={t('account.mailSent')}>
        <Text>{t('account.mailSentText', { email: fields.email })}</Text>
        <Button
          mt="md"
          variant="default"
          onClick={() =>
            void post('/account/resend', { email: fields.email.trim() })
              .then(() => toast.done(t('account.resent')))
              .catch(toast.failed)
          }
        >
          {t('account.resend')}
        </Button>
      </Narrow>
    );
  const field = (name: keyof typeof fields, complete: string) => ({
    label: t(`account.${name}`),
    autoComplete: complete,
    required: true,
    value: fields[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setFields((before) => ({ ...before, [name]: value }));
    },
  });
  return (
    <Narrow title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <Stack gap="sm">
          <Refusal error={error} />
          <TextInput {...field('firstName', 'given-name')} />
          <TextInput {...field('lastName', 'family-name')} />
          <TextInput {...field('email', 'username')} type="email" />
          <PasswordInput
            {...field('password', 'new-password')}
            minLength={SHORTEST}
            description={t('account.passwordHint')}
            visibilityToggleButtonProps={{ 'aria-label': t('base:signIn.show') }}
          />
          {terms.enabled && (
            <>
              <Text className="dev-terms" size="sm">
                {terms.text}
              </Text>
              <Checkbox
                label={t('subscribe.accept')}
                required={mustAccept}
                checked={accepted}
                onChange={(event) => setAccepted(event.currentTarget.checked)}
              />
            </>
          )}
          <Button type="submit" loading={isPending} disabled={mustAccept && !accepted}>
            {title}
          </Button>
          <Text size="sm">
            {t('account.haveOne')} <PageLink to="/signin">{t('base:signIn.action')}</PageLink>
          </Text>
        </Stack>
      </form>
    </Narrow>
  );
}
