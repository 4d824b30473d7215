import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { useTable } from '../../parts/useTable.ts';
import { FindUser } from '../groups/GroupMembers.tsx';
import { FormDrawer } from '../parts/FormDrawer.tsx';
import { at, useChange, useMayWrite } from '../rest/management.ts';
import { freshId } from '../rest/random.ts';
import { SubscriptionList } from './SubscriptionList.tsx';

/** Everybody's rights to call. */
export function SubscriptionsPage() {
  const { t } = useTranslation('publisher');
  const mayWrite = useMayWrite();
  const table = useTable();
  return (
    <Page
      title={t('subscriptions.title')}
      lead={t('subscriptions.lead')}
      actions={
        mayWrite && (
          <Button
            leftSection={<Plus size={16} aria-hidden />}
            onClick={() => table.set({ new: '1' })}
          >
            {t('subscriptions.new')}
          </Button>
        )
      }
    >
      <SubscriptionList path="/subscriptions" />
      {table.value('new') && mayWrite && (
        <NewSubscription onClose={() => table.set({ new: null })} />
      )}
    </Page>
  );
}

function NewSubscription({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('publisher');
  const change = useChange();
  const [owner, setOwner] = useState<string | null>(null);
  const kinds = [
    { value: 'all', label: t('test.allApis') },
    { value: 'products', label: t('policies.scopes.product') },
    { value: 'apis', label: t('policies.scopes.api') },
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
          at: 'kind',
          label: t('subscriptions.scope'),
          kind: 'select',
          options: kinds,
          required: true,
        },
        {
          at: 'products',
          label: t('policies.scopes.product'),
          kind: 'entity',
          picked: () => ({ path: '/products' }),
          required: true,
          when: ({ kind }) => kind === 'products',
        },
        {
          at: 'apis',
          label: t('policies.scopes.api'),
          kind: 'entity',
          picked: () => ({ path: '/apis', filter: 'isCurrent eq true' }),
          required: true,
          when: ({ kind }) => kind === 'apis',
        },
        { at: 'allowTracing', label: t('subscriptions.tracing'), kind: 'switch' },
      ]}
      initial={{ kind: 'products', allowTracing: false }}
      action={t('form.create')}
      onSave={async ({ displayName, kind, allowTracing, ...chosen }) => {
        const scope = kind === 'all' ? '/apis' : `/${kind}/${chosen[String(kind)]}`;
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
