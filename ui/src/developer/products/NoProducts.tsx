import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Empty } from '../../parts/Empty.tsx';

/** A reader to whom no product is open: a guest may see more after signing in. */
export function NoProducts() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  if (user) return <Empty text={t('products.empty')} />;
  return (
    <Empty
      text={t('products.emptyGuest')}
      action={
        <Button component={Link} href="/signin?return=%2Fproducts">
          {t('base:signIn.action')}
        </Button>
      }
    />
  );
}
