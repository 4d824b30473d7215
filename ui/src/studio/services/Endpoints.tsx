import { ActionIcon, Anchor, Button, Group, Modal, Table, Text } from '@mantine/core';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { remove } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { number } from '../../base/format.ts';
import { toast } from '../../base/toast.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { useBase, useForget, useMayEdit } from '../data/queries.ts';
import type { Endpoint, Service } from '../data/types.ts';
import { EndpointForm } from './EndpointForm.tsx';
import { Keys } from './Keys.tsx';

type Props = { service: Service; endpoints: Endpoint[] };

/** Endpoints of a service, each with keys and limits of its own. */
export function Endpoints({ service, endpoints }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { services } = useBase();
  const edits = useMayEdit();
  const confirm = useConfirm();
  const forget = useForget();
  const [edited, edit] = useState<Endpoint | 'new' | null>(null);
  const [keys, showKeys] = useState<Endpoint | null>(null);
  const forgetOne = async ({ Name }: Endpoint) => {
    const sure = await confirm({
      title: t('remove.title', { name: Name }),
      body: t('services.removeEndpoint'),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await remove(`${services}/${service.Id}/endpoints/${encodeURIComponent(Name)}`);
      await forget('services');
      toast.done(t('remove.done', { name: Name }));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed">
          {t('services.endpointsLead')}
        </Text>
        {edits && (
          <Button
            variant="default"
            leftSection={<Plus size={15} aria-hidden />}
            onClick={() => edit('new')}
          >
            {t('services.addEndpoint')}
          </Button>
        )}
      </Group>
      <Scroll label={t('services.endpoints')}>
        <Table className="app-numbers app-stacks" aria-label={t('services.endpoints')} role="table">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              <Table.Th role="columnheader">{t('base:name')}</Table.Th>
              <Table.Th role="columnheader">{t('datasets.description')}</Table.Th>
              <Table.Th role="columnheader">{t('services.throttle')}</Table.Th>
              <Table.Th role="columnheader" ta="right">
                {t('services.concurrent')}
              </Table.Th>
              <Table.Th role="columnheader">{t('services.help')}</Table.Th>
              <Table.Th role="columnheader">
                <span className="app-hidden">{t('base:more')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {endpoints.map((endpoint) => {
              const place = `/services/${service.Id}/endpoints/${encodeURIComponent(endpoint.Name)}/help`;
              return (
                <Table.Tr key={endpoint.Name} role="row">
                  <Table.Td role="cell" fw={550}>
                    {endpoint.Name}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('datasets.description')}>
                    {endpoint.Description || '–'}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('services.throttle')}>
                    {t(`services.levels.${endpoint.ThrottleLevel as 'High'}`)}
                  </Table.Td>
                  <Table.Td role="cell" ta="right" data-label={t('services.concurrent')}>
                    {number(endpoint.MaxConcurrentCalls)}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('services.help')}>
                    <span>
                      <Anchor component={Link} href={`${place}/score`}>
                        {t('services.rrs')}
                      </Anchor>
                      {' · '}
                      <Anchor component={Link} href={`${place}/jobs`}>
                        {t('services.bes')}
                      </Anchor>
                    </span>
                  </Table.Td>
                  <Table.Td role="cell">
                    <Group gap={2} wrap="nowrap" justify="flex-end">
                      <Button size="compact-sm" variant="subtle" onClick={() => showKeys(endpoint)}>
                        {t('services.showKeys')}
                        <span className="app-hidden">: {endpoint.Name}</span>
                      </Button>
                      {edits && (
                        <>
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            aria-label={`${t('base:edit')}: ${endpoint.Name}`}
                            onClick={() => edit(endpoint)}
                          >
                            <Pencil size={15} aria-hidden />
                          </ActionIcon>
                          {endpoint.Name !== service.DefaultEndpointName && (
                            <ActionIcon
                              variant="subtle"
                              color="danger"
                              aria-label={`${t('base:delete')}: ${endpoint.Name}`}
                              onClick={() => void forgetOne(endpoint)}
                            >
                              <Trash2 size={15} aria-hidden />
                            </ActionIcon>
                          )}
                        </>
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Scroll>
      {edited && (
        <EndpointForm
          service={service}
          endpoint={edited === 'new' ? null : edited}
          onClose={() => edit(null)}
        />
      )}
      <Modal
        opened={keys !== null}
        onClose={() => showKeys(null)}
        size="lg"
        title={`${t('services.showKeys')}: ${keys?.Name ?? ''}`}
        closeButtonProps={{ 'aria-label': t('base:close') }}
      >
        {keys && (
          <Table className="st-facts">
            <Table.Tbody>
              <Keys
                service={service.Id}
                endpoint={endpoints.find(({ Name }) => Name === keys.Name) ?? keys}
              />
            </Table.Tbody>
          </Table>
        )}
      </Modal>
    </>
  );
}
