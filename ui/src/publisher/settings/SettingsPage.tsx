import { SimpleGrid, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { type Field, sendable } from '../parts/fields.ts';
import { useBase, useChange, useEntity, useIsOwner } from '../rest/management.ts';

type Instance = {
  publisherName: string;
  publisherEmail: string;
  notificationSenderEmail?: string | null;
};

/** Who publishes here, and where everything is. */
export function SettingsPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const instance = useEntity<Instance>('');
  const { site } = useSession();
  const base = useBase();
  const change = useChange();
  const isOwner = useIsOwner();
  const fields: Field[] = [
    {
      at: 'publisherName',
      label: t('settings.publisher'),
      required: true,
      help: t('settings.publisherHelp'),
    },
    { at: 'publisherEmail', label: t('settings.email'), required: true },
    {
      at: 'notificationSenderEmail',
      label: t('settings.sender'),
      help: t('settings.senderHelp'),
    },
  ];
  const addresses = [
    { name: t('settings.gateway'), url: site.gatewayUrl },
    { name: t('settings.portal'), url: window.location.origin },
    { name: t('settings.services'), url: site.servicesUrl },
    { name: t('settings.blobs'), url: site.blobsUrl },
    { name: t('settings.rest'), url: window.location.origin + base },
  ];
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <section>
          <Title order={2} mb="sm">
            {t('settings.instance')}
          </Title>
          {!isOwner && (
            <Text size="sm" c="dimmed" mb="sm">
              {t('settings.owners')}
            </Text>
          )}
          <EntityForm
            key={JSON.stringify(instance.properties)}
            fields={fields}
            initial={instance.properties}
            readOnly={!isOwner}
            action={t('base:save')}
            onSave={async (values) => {
              await change('PATCH', '', { properties: sendable(fields, values, true), etag: '*' });
              toast.done(t('base:saved'));
            }}
          />
        </section>
        <section>
          <Title order={2} mb="sm">
            {t('settings.addresses')}
          </Title>
          <Table aria-label={t('settings.addresses')} horizontalSpacing={6}>
            <Table.Tbody>
              {addresses.map(({ name, url }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" w={{ base: 104, sm: 130 }}>
                    {name}
                  </Table.Th>
                  <Table.Td className="pub-wrap app-code">{url}</Table.Td>
                  <Table.Td w={44}>
                    <CopyButton value={url} label={t('settings.copy', { name })} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </SimpleGrid>
    </Page>
  );
}
