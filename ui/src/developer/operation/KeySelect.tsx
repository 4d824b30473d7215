import { PasswordInput, Select, Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useSession } from '../../api/session.ts';
import { PageLink } from '../../base/Shell.tsx';
import type { ApiDetails } from '../data.ts';
import type { useKeys } from './useKeys.ts';

type Props = { api: ApiDetails; keys: ReturnType<typeof useKeys> };

/** A key from one's own subscriptions, grouped by product; or one typed. */
export function KeySelect({ api, keys }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  return (
    <>
      {keys.groups.length > 0 ? (
        <Select
          label={t('try.subscription')}
          placeholder={t('try.choose')}
          clearable
          clearButtonProps={{ 'aria-label': t('try.noKey') }}
          data={keys.groups}
          value={keys.chosen || null}
          onChange={(value) => void keys.choose(value ?? '')}
          mb={8}
        />
      ) : (
        <Text size="sm" c="dimmed" mb={8}>
          {keys.waiting ? (
            <PageLink to="/my/subscriptions">{t('try.waiting')}</PageLink>
          ) : (
            <>
              {!user && <SignIn />}
              {user ? t('try.noSubscription') : t('try.guest')}{' '}
              {api.products.map(({ id, name }, place) => (
                <Fragment key={id}>
                  {place > 0 && ', '}
                  <PageLink to={`/products/${encodeURIComponent(id)}`}>{name}</PageLink>
                </Fragment>
              ))}
            </>
          )}
        </Text>
      )}
      <PasswordInput
        label={api.keyNames.header}
        autoComplete="off"
        value={keys.key}
        onChange={(event) => keys.type(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('try.showKey') }}
      />
    </>
  );
}

/** To the form and back to this operation; what is filled in stays. */
function SignIn() {
  const { t } = useTranslation('base');
  const [here] = useLocation();
  return (
    <>
      <PageLink to={`/signin?return=${encodeURIComponent(here)}`}>
        {t('signIn.action')}
      </PageLink>{' '}
    </>
  );
}
