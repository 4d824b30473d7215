import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { type Product, useProductFields } from './fields.ts';

/** Products: bundles of APIs that developers subscribe to. */
export function ProductsPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const fields = useProductFields();
  const states = (['published', 'notPublished'] as const).map((value) => ({
    value,
    label: t(`products.states.${value}`),
  }));
  const kind: Kind<Product> = {
    path: '/products',
    words: {
      title: t('products.title'),
      lead: t('products.lead'),
      one: t('products.one'),
      new: t('products.new'),
      empty: t('products.empty'),
    },
    search: ['displayName', 'name', 'description'],
    choices: [{ field: 'state', label: t('products.state'), options: states }],
    link: ({ name }) => `/products/${encodeURIComponent(name)}`,
    deleteQuery: { deleteSubscriptions: 'true' },
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
      },
      {
        key: 'state',
        title: t('products.state'),
        sortable: true,
        text: ({ properties }) => t(`products.states.${properties.state}`),
        cell: ({ properties }) => (
          <Badge color={properties.state === 'published' ? 'ok' : 'gray'}>
            {t(`products.states.${properties.state}`)}
          </Badge>
        ),
      },
      {
        key: 'access',
        title: t('products.access'),
        text: ({ properties }) =>
          properties.subscriptionRequired
            ? properties.approvalRequired
              ? t('products.approval')
              : t('products.protected')
            : t('products.open'),
      },
      {
        key: 'limit',
        title: t('products.limit'),
        numeric: true,
        text: ({ properties }) => properties.subscriptionsLimit ?? '–',
      },
    ],
    idFrom: 'displayName',
    initial: { subscriptionRequired: true, approvalRequired: false, state: 'notPublished' },
    fields,
  };
  return <ResourcePage kind={kind} />;
}
