import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Empty } from '../../parts/Empty.tsx';

/** A reader to whom no API is open: a guest may see more after signing in. */
export function NoApis() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  if (user) return <Empty text={t('apis.empty')} />;
  const back = encodeURIComponent(window.location.pathname);
  return (
    <Empty
      text={t('apis.emptyGuest')}
      action={
        <Button component={Link} href={`/signin?return=${back}`}>
          {t('base:signIn.action')}
        </Button>
      }
    />
  );
}
