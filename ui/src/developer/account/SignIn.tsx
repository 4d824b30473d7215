import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearchParams } from 'wouter';
import { ApiError } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { SignInForm } from '../../base/SignInForm.tsx';
import { Narrow } from './Narrow.tsx';

export default function SignIn() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  const [params] = useSearchParams();
  const [, go] = useLocation();
  const back = own(params.get('return'));
  const failed = params.get('error');
  return (
    <Narrow title={t('base:signIn.action')}>
      {failed && <Refusal error={new ApiError(401, { code: failed })} />}
      {user ? (
        <Text>
          {t('account.signedIn', { email: user.email })}{' '}
          <PageLink to={back}>{t('account.goOn')}</PageLink>
        </Text>
      ) : (
        <SignInForm back={back} onDone={() => go(back, { replace: true })} />
      )}
    </Narrow>
  );
}

/** Where to go afterwards: a path of ours, never another site. */
function own(path: string | null): string {
  return path && /^\/(?![/\\])/.test(path) ? path : '/';
}
