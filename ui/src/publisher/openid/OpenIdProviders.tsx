import { useTranslation } from 'react-i18next';
import { redirectAddress } from '../../parts/authorization.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';

type Provider = { displayName: string; metadataEndpoint: string; clientId: string };

/** OpenID providers that vouch for callers, as documentation and the test console know them. */
export function OpenIdProviders() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<Provider> = {
    path: '/openidConnectProviders',
    words: {
      title: t('openid.title'),
      lead: t('openid.lead'),
      one: t('openid.one'),
      new: t('openid.new'),
      empty: t('openid.empty'),
    },
    search: ['name', 'displayName'],
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
      },
      {
        key: 'metadataEndpoint',
        title: t('openid.metadata'),
        text: ({ properties }) => properties.metadataEndpoint,
      },
      {
        key: 'clientId',
        title: t('identity.clientId'),
        text: ({ properties }) => properties.clientId,
      },
    ],
    idFrom: 'displayName',
    initial: { useInTestConsole: true, useInApiDocumentation: true },
    fields: [
      { at: 'displayName', label: t('base:name'), required: true },
      { at: 'description', label: t('operation.description') },
      {
        at: 'metadataEndpoint',
        label: t('openid.metadata'),
        required: true,
        mono: true,
        help: `${t('openid.metadataHelp')} ${t('oauth.redirect', { address: redirectAddress() })}`,
        placeholder: 'https://login.example.com/.well-known/openid-configuration',
      },
      { at: 'clientId', label: t('identity.clientId'), required: true, mono: true },
      {
        at: 'clientSecret',
        label: t('identity.clientSecret'),
        kind: 'secret',
      },
      { at: 'useInTestConsole', label: t('oauth.console'), kind: 'switch' },
      { at: 'useInApiDocumentation', label: t('oauth.documentation'), kind: 'switch' },
    ],
  };
  return <ResourcePage kind={kind} />;
}
