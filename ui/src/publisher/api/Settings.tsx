import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../base/toast.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { type Field, sendable, valueAt } from '../parts/fields.ts';
import { at, type Read, useChange, useMayWrite } from '../rest/management.ts';
import { nameOf } from '../rest/odata.ts';
import type { ApiProperties } from './model.ts';

/** Name, address, backend, keys, contact: what is the same for all operations. */
export function Settings({ api, id }: { api: Read<ApiProperties>; id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const mayWrite = useMayWrite();
  const revised = !api.properties.isCurrent;
  const initial = useMemo(() => named(api.properties), [api.properties]);
  // What all revisions have in common is changed on the current one.
  const fields: Field[] = [
    {
      at: 'displayName',
      label: t('apis.displayName'),
      required: true,
      fixed: revised,
      section: { title: t('apis.about'), lead: t('apis.aboutLead') },
    },
    { at: 'description', label: t('operation.description'), kind: 'area', fixed: revised },
    {
      at: 'serviceUrl',
      label: t('apis.serviceUrl'),
      mono: true,
      help: t('apis.serviceUrlHelp'),
      section: { title: t('apis.addresses'), lead: t('apis.addressesLead') },
    },
    { at: 'path', label: t('apis.path'), mono: true, help: t('apis.pathHelp'), fixed: revised },
    {
      at: 'protocols',
      label: t('apis.protocols'),
      kind: 'many',
      options: ['http', 'https', 'ws', 'wss'].map((value) => ({ value, label: value })),
      fixed: revised,
    },
    {
      at: 'subscriptionRequired',
      label: t('apis.subscriptionRequired'),
      kind: 'switch',
      fixed: revised,
      section: { title: t('apis.keys'), lead: t('apis.keysLead') },
    },
    { at: 'subscriptionKeyParameterNames.header', label: t('apis.keyHeader'), mono: true },
    { at: 'subscriptionKeyParameterNames.query', label: t('apis.keyQuery'), mono: true },
    {
      at: 'authenticationSettings.oAuth2.authorizationServerId',
      label: t('oauth.tokenSource'),
      kind: 'entity',
      picked: () => ({ path: '/authorizationServers' }),
      help: t('oauth.tokenSourceHelp'),
      section: { title: t('apis.tokens'), lead: t('apis.tokensLead') },
    },
    {
      at: 'authenticationSettings.oAuth2.scope',
      label: t('oauth.tokenScope'),
      mono: true,
      when: (values) =>
        Boolean(valueAt(values, 'authenticationSettings.oAuth2.authorizationServerId')),
    },
    {
      at: 'authenticationSettings.openid.openidProviderId',
      label: t('oauth.tokenProvider'),
      kind: 'entity',
      picked: () => ({ path: '/openidConnectProviders' }),
    },
    {
      at: 'contact.name',
      label: t('apis.contactName'),
      section: { title: t('apis.contact'), lead: t('apis.contactLead') },
    },
    { at: 'contact.email', label: t('apis.contactEmail') },
    { at: 'contact.url', label: t('apis.contactUrl'), mono: true },
    {
      at: 'license.name',
      label: t('apis.licenseName'),
      section: { title: t('apis.licence'), lead: t('apis.licenceLead') },
    },
    { at: 'license.url', label: t('apis.licenseUrl'), mono: true },
    { at: 'termsOfServiceUrl', label: t('apis.terms'), mono: true },
  ];
  return (
    <EntityForm
      fields={fields}
      initial={initial}
      readOnly={!mayWrite}
      action={t('base:save')}
      onSave={async (values) => {
        const open = fields.filter((one) => !one.fixed);
        const properties = sendable(open, values, true);
        if (values.path === '' && !revised) properties.path = '';
        await change('PATCH', at`/apis/${id}`, { properties, etag: api.etag });
        toast.done(t('base:saved'));
      }}
    />
  );
}

/** Sources of tokens by their names, also where somebody wrote whole paths. */
function named(api: ApiProperties): ApiProperties {
  const { oAuth2, openid, ...others } = api.authenticationSettings ?? {};
  const server = oAuth2 && {
    ...oAuth2,
    authorizationServerId: nameOf(oAuth2.authorizationServerId),
  };
  const provider = openid && { ...openid, openidProviderId: nameOf(openid.openidProviderId) };
  return {
    ...api,
    authenticationSettings: { ...others, oAuth2: server, openid: provider },
  };
}
