import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { FindUser } from '../groups/GroupMembers.tsx';
import { FormDrawer } from '../parts/FormDrawer.tsx';
import { at, useAll, useChange, useMayWrite } from '../rest/management.ts';
import { freshId } from '../rest/random.ts';
import { SubscriptionList } from './SubscriptionList.tsx';

/** Everybody's rights to call. */
export function SubscriptionsPage() {
  const { t } = useTranslation('publisher');
  const mayWrite = useMayWrite();
  const [opened, open] = useState(false);
  return (
    <Page
      title={t('subscriptions.title')}
      lead={t('subscriptions.lead')}
      actions={
        mayWrite && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => open(true)}>
            {t('subscriptions.new')}
          </Button>
        )
      }
    >
      <SubscriptionList path="/subscriptions" />
      {opened && <NewSubscription onClose={() => open(false)} />}
    </Page>
  );
}

function NewSubscription({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('publisher');
  const change = useChange();
  const [owner, setOwner] = useState<string | null>(null);
  const products = useAll<{ displayName: string }>('/products');
  const apis = useAll<{ displayName: string }>('/apis', { $filter: 'isCurrent eq true' });
  const scopes = [
    { value: '/apis', label: t('test.allApis') },
    ...products.map((one) => ({
      value: `/products/${one.name}`,
      label: t('subscriptions.ofProduct', { name: one.properties.displayName }),
    })),
    ...apis.map((one) => ({
      value: `/apis/${one.name}`,
      label: t('subscriptions.ofApi', { name: one.properties.displayName }),
    })),
  ];
  return (
    <FormDrawer
      opened
      fresh
      onClose={onClose}
      title={t('subscriptions.new')}
      fields={[
        { at: 'displayName', label: t('subscriptions.name'), required: true },
        {
          at: 'scope',
          label: t('subscriptions.scope'),
          kind: 'select',
          options: scopes,
          required: true,
        },
        { at: 'allowTracing', label: t('subscriptions.tracing'), kind: 'switch' },
      ]}
      initial={{ scope: '/apis', allowTracing: false }}
      action={t('form.create')}
      onSave={async ({ displayName, scope, allowTracing }) => {
        const given = owner ? { ownerId: `/users/${owner}` } : {};
        const properties = { displayName, scope, allowTracing, state: 'active', ...given };
        await change('PUT', at`/subscriptions/${freshId()}`, { properties });
        toast.done(t('form.created', { name: String(displayName) }));
      }}
    >
      {() => <FindUser label={t('subscriptions.ownerOptional')} value={owner} onFound={setOwner} />}
    </FormDrawer>
  );
}
