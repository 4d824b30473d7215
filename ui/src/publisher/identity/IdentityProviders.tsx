import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { PROVIDERS } from './providers.ts';

type Provider = { clientId: string; authority?: string; allowedTenants: string[] };
const KINDS = Object.entries(PROVIDERS).map(([value, label]) => ({ value, label }));

/** Whom people may sign in to the portal with. */
export function IdentityProviders() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<Provider> = {
    path: '/identityProviders',
    words: {
      title: t('identity.title'),
      lead: t('identity.lead'),
      one: t('identity.one'),
      new: t('identity.new'),
      empty: t('identity.empty'),
    },
    ids: KINDS,
    search: ['name'],
    columns: [
      {
        key: 'name',
        title: t('identity.kind'),
        sortable: true,
        text: ({ name }) => KINDS.find((one) => one.value === name)?.label ?? name,
      },
      {
        key: 'clientId',
        title: t('identity.clientId'),
        text: ({ properties }) => properties.clientId,
      },
      {
        key: 'authority',
        title: t('identity.authority'),
        text: ({ properties }) => properties.authority ?? '',
      },
    ],
    fields: [
      { at: 'clientId', label: t('identity.clientId'), required: true, mono: true },
      {
        at: 'clientSecret',
        label: t('identity.clientSecret'),
        kind: 'secret',
      },
      {
        at: 'authority',
        label: t('identity.authority'),
        mono: true,
        help: t('identity.authorityHelp'),
      },
      { at: 'signinTenant', label: t('identity.tenant'), mono: true },
      { at: 'allowedTenants', label: t('identity.tenants'), kind: 'words' },
    ],
  };
  return <ResourcePage kind={kind} />;
}
