import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { date } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { KeyField } from '../../parts/KeyField.tsx';
import { useTable } from '../../parts/useTable.ts';
import { MustSignIn } from '../account/MustSignIn.tsx';
import { type Keys, type Subscription, subscriptionsQuery } from '../data.ts';
import { Actions } from './Actions.tsx';
import { Limits } from './Limits.tsx';

const USABLE = ['active', 'submitted'];

/** The reader's own subscriptions with their two keys. */
export default function Subscriptions() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  const table = useTable();
  // Counts renewals: what was shown of an old key goes.
  const [renewals, setRenewals] = useState(0);
  const { data, error, isPending } = useQuery({
    ...subscriptionsQuery(table.skip, table.size),
    enabled: Boolean(user),
  });
  if (!user) return <MustSignIn title={t('nav.subscriptions')} />;
  const columns: Column<Subscription>[] = [
    {
      key: 'name',
      title: t('base:name'),
      cell: ({ name, id }) => <Text fw={550}>{name ?? id}</Text>,
    },
    {
      key: 'product',
      title: t('mine.product'),
      cell: ({ product, api }) =>
        product ? (
          <PageLink to={`/products/${encodeURIComponent(product.id)}`}>{product.name}</PageLink>
        ) : api ? (
          <PageLink to={`/apis/${encodeURIComponent(api.id)}`}>{api.name}</PageLink>
        ) : (
          t('mine.allApis')
        ),
    },
    { key: 'state', title: t('mine.state'), width: 210, cell: (one) => <State one={one} /> },
    {
      key: 'primary',
      title: t('mine.primaryKey'),
      cell: (one) => <Key key={renewals} one={one} which="primaryKey" />,
    },
    {
      key: 'secondary',
      title: t('mine.secondaryKey'),
      cell: (one) => <Key key={renewals} one={one} which="secondaryKey" />,
    },
    {
      key: 'created',
      title: t('mine.created'),
      nowrap: true,
      cell: ({ createdDate }) => date(createdDate),
    },
    {
      key: 'actions',
      title: t('mine.actions'),
      hidden: true,
      cell: (one) => <Actions one={one} onRenewed={() => setRenewals(renewals + 1)} />,
    },
  ];
  return (
    <Page title={t('nav.subscriptions')} lead={t('mine.lead')}>
      <DataTable
        label={t('nav.subscriptions')}
        columns={columns}
        rows={data?.value}
        rowKey={({ id }) => id}
        table={table}
        count={data?.count}
        loading={isPending}
        error={error}
        empty={
          <Empty
            text={t('mine.empty')}
            action={<PageLink to="/products">{t('mine.toProducts')}</PageLink>}
          />
        }
      />
      <Limits subscriptions={data?.value.filter(({ state }) => state === 'active') ?? []} />
    </Page>
  );
}

export function State({ one }: { one: Subscription }) {
  const { t } = useTranslation('developer');
  const tone = { active: 'ok', submitted: 'warn', rejected: 'danger', suspended: 'danger' };
  const known = ['active', 'submitted', 'rejected', 'suspended', 'cancelled', 'expired'] as const;
  const state = known.find((name) => name === one.state);
  return (
    <div>
      <Badge color={tone[one.state as 'active'] ?? 'gray'}>
        {state ? t(`mine.states.${state}`) : one.state}
      </Badge>
      {state && state !== 'active' && (
        <Text size="xs" c="dimmed" maw={240}>
          {t(`mine.why.${state}`)}
        </Text>
      )}
      {one.stateComment && (
        <Text size="xs" maw={240}>
          “{one.stateComment}”
        </Text>
      )}
      {one.expirationDate && (
        <Text size="xs" c="dimmed">
          {t('mine.until', { date: date(one.expirationDate) })}
        </Text>
      )}
    </div>
  );
}

function Key({ one, which }: { one: Subscription; which: keyof Keys }) {
  const { t } = useTranslation('developer');
  if (!USABLE.includes(one.state)) return '–';
  const title = t(`mine.${which}`);
  return (
    <KeyField
      name={`${title}, ${one.name ?? one.id}`}
      fetch={async () =>
        (await post<Keys>(`/developer/subscriptions/${encodeURIComponent(one.id)}/keys`))[which]
      }
    />
  );
}
