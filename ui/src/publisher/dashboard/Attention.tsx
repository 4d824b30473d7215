import { Alert, Anchor } from '@mantine/core';
import { Bell } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Listed, useRead } from '../rest/management.ts';

/** What waits for a publisher: requests for subscriptions. */
export function Attention() {
  const { t } = useTranslation('publisher');
  const { data } = useRead<Listed>('/subscriptions', { $filter: "state eq 'submitted'", $top: 1 });
  if (!data?.count) return null;
  return (
    <Alert color="warn" icon={<Bell size={18} aria-hidden />}>
      <Anchor component={Link} href="/subscriptions?state=submitted">
        {t('dashboard.waiting', { count: data.count })}
      </Anchor>
    </Alert>
  );
}
