import { Tabs, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { KeyField } from '../../parts/KeyField.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { type Field, sendable } from '../parts/fields.ts';
import { TabRow } from '../parts/TabRow.tsx';
import {
  at,
  type Properties,
  useAsk,
  useChange,
  useEntity,
  useMayWrite,
} from '../rest/management.ts';
import { Theme } from './Theme.tsx';

const TABS = ['theme', 'signup', 'signin', 'delegation'] as const;
type Tab = (typeof TABS)[number];

/** How the developer portal looks, and who gets in. */
export function PortalPage({ tab }: { tab: string }) {
  const { t } = useTranslation('publisher');
  const [, go] = useLocation();
  return (
    <Page title={t('portal.title')} lead={t('portal.lead')}>
      <Tabs value={tab} onChange={(to) => go(`/portal/${to}`)} keepMounted={false}>
        <TabRow open={tab}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`portal.tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </TabRow>
        <Tabs.Panel value="theme">
          <Theme />
        </Tabs.Panel>
        {(['signup', 'signin', 'delegation'] as const).map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Setting name={one} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Setting({ name }: { name: Exclude<Tab, 'theme'> }) {
  const { t } = useTranslation(['publisher', 'base']);
  const path = at`/portalsettings/${name}`;
  const setting = useEntity<Properties>(path);
  const change = useChange();
  const ask = useAsk();
  const mayWrite = useMayWrite();
  const terms = ({ termsOfService }: Properties) => termsOfService?.enabled === true;
  const fields: Record<typeof name, Field[]> = {
    signup: [
      { at: 'enabled', label: t('portal.signup'), kind: 'switch', help: t('portal.signupHelp') },
      { at: 'termsOfService.enabled', label: t('portal.terms'), kind: 'switch' },
      {
        at: 'termsOfService.text',
        label: t('portal.termsText'),
        kind: 'area',
        rows: 6,
        when: terms,
      },
      {
        at: 'termsOfService.consentRequired',
        label: t('portal.consent'),
        kind: 'switch',
        when: terms,
      },
    ],
    signin: [
      { at: 'enabled', label: t('portal.signin'), kind: 'switch', help: t('portal.signinHelp') },
    ],
    delegation: [
      {
        at: 'userRegistration.enabled',
        label: t('portal.delegateUsers'),
        kind: 'switch',
        help: t('portal.delegateHelp'),
      },
      { at: 'subscriptions.enabled', label: t('portal.delegateSubscriptions'), kind: 'switch' },
      {
        at: 'url',
        label: t('portal.delegationUrl'),
        mono: true,
        placeholder: 'https://accounts.example.com/delegation',
      },
      {
        at: 'validationKey',
        label: t('portal.validationKey'),
        kind: 'secret',
      },
    ],
  };
  return (
    <div className="pub-narrow">
      <EntityForm
        key={setting.etag}
        fields={fields[name]}
        initial={setting.properties}
        readOnly={!mayWrite}
        action={t('base:save')}
        onSave={async (values) => {
          const properties = sendable(fields[name], values, true);
          await change('PATCH', path, { properties, etag: setting.etag });
          toast.done(t('portal.live'));
        }}
      >
        {() =>
          name === 'delegation' &&
          mayWrite && (
            <div>
              <Text size="sm" fw={600}>
                {t('portal.currentKey')}
              </Text>
              <KeyField
                name={t('portal.currentKey')}
                fetch={async () => {
                  const told = await ask<{ validationKey: string | null }>(
                    'POST',
                    `${path}/listSecrets`,
                  );
                  return told.validationKey ?? t('base:none');
                }}
              />
            </div>
          )
        }
      </EntityForm>
    </div>
  );
}
