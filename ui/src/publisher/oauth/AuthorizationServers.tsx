import { useTranslation } from 'react-i18next';
import { redirectAddress } from '../../parts/authorization.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';

type Server = {
  displayName: string;
  authorizationEndpoint: string;
  grantTypes: string[];
  useInTestConsole: boolean;
};
const GRANTS = [
  'authorizationCode',
  'authorizationCodeWithPkce',
  'implicit',
  'resourceOwnerPassword',
  'clientCredentials',
] as const;
const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

/** Servers that give out OAuth 2 tokens, as documentation and the test console know them. */
export function AuthorizationServers() {
  const { t } = useTranslation(['publisher', 'base']);
  const grants = GRANTS.map((value) => ({ value, label: t(`oauth.grants.${value}`) }));
  const sending = (['authorizationHeader', 'query'] as const).map((value) => ({
    value,
    label: t(`oauth.sending.${value}`),
  }));
  const owner = ({ grantTypes }: { grantTypes?: string[] }) =>
    grantTypes?.includes('resourceOwnerPassword') ?? false;
  const kind: Kind<Server> = {
    path: '/authorizationServers',
    words: {
      title: t('oauth.title'),
      lead: t('oauth.lead'),
      one: t('oauth.one'),
      new: t('oauth.new'),
      empty: t('oauth.empty'),
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
        key: 'authorizationEndpoint',
        title: t('oauth.authorization'),
        text: ({ properties }) => properties.authorizationEndpoint,
      },
      {
        key: 'grantTypes',
        title: t('oauth.grantTypes'),
        text: ({ properties }) =>
          properties.grantTypes
            .map((one) => grants.find(({ value }) => value === one)?.label ?? one)
            .join(', '),
      },
    ],
    idFrom: 'displayName',
    size: 560,
    initial: {
      grantTypes: ['authorizationCodeWithPkce'],
      authorizationMethods: ['GET'],
      clientAuthenticationMethod: ['Basic'],
      bearerTokenSendingMethods: ['authorizationHeader'],
      supportState: true,
      useInTestConsole: true,
      useInApiDocumentation: true,
    },
    fields: [
      { at: 'displayName', label: t('base:name'), required: true },
      { at: 'description', label: t('operation.description') },
      {
        at: 'grantTypes',
        label: t('oauth.grantTypes'),
        kind: 'many',
        options: grants,
        help: t('oauth.clientHelp'),
      },
      {
        at: 'authorizationEndpoint',
        label: t('oauth.authorization'),
        required: true,
        mono: true,
        help: t('oauth.redirect', { address: redirectAddress() }),
        placeholder: 'https://login.example.com/authorize',
      },
      {
        at: 'authorizationMethods',
        label: t('oauth.methods'),
        kind: 'many',
        options: plain(['GET', 'POST']),
      },
      {
        at: 'tokenEndpoint',
        label: t('oauth.token'),
        mono: true,
        placeholder: 'https://login.example.com/token',
      },
      {
        at: 'clientAuthenticationMethod',
        label: t('oauth.authentication'),
        kind: 'many',
        options: plain(['Basic', 'Body']),
      },
      {
        at: 'clientRegistrationEndpoint',
        label: t('oauth.registration'),
        required: true,
        mono: true,
        help: t('oauth.registrationHelp'),
        placeholder: 'https://login.example.com/apps',
      },
      { at: 'clientId', label: t('identity.clientId'), required: true, mono: true },
      {
        at: 'clientSecret',
        label: t('identity.clientSecret'),
        kind: 'secret',
      },
      { at: 'resourceOwnerUsername', label: t('oauth.user'), kind: 'secret', when: owner },
      { at: 'resourceOwnerPassword', label: t('oauth.password'), kind: 'secret', when: owner },
      { at: 'defaultScope', label: t('oauth.scope'), mono: true, help: t('oauth.scopeHelp') },
      {
        at: 'bearerTokenSendingMethods',
        label: t('oauth.bearer'),
        kind: 'many',
        options: sending,
      },
      { at: 'supportState', label: t('oauth.state'), kind: 'switch' },
      { at: 'useInTestConsole', label: t('oauth.console'), kind: 'switch' },
      { at: 'useInApiDocumentation', label: t('oauth.documentation'), kind: 'switch' },
    ],
  };
  return <ResourcePage kind={kind} />;
}
