import { Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { KeyRound, Ticket } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { dateTime, number } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { worded } from '../../base/worded.ts';
import { Scroll } from '../../parts/Scroll.tsx';
import { useTable } from '../../parts/useTable.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { useMayWrite } from '../rest/management.ts';
import { COLOURS, type Status, useStatuses } from './circuits.tsx';
import { GatewayAccess } from './GatewayAccess.tsx';

type Gateway = {
  description?: string;
  locationData?: { name: string; city?: string; district?: string; countryOrRegion?: string };
};

const STATES = { alive: 'ok', ailing: 'warn', silent: 'danger' } as const;

/** Processes that serve calls, how they do, and gateways run elsewhere. */
export function GatewaysPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const mayWrite = useMayWrite();
  const what = table.value('token') ? 'token' : 'keys';
  const opened = table.value(what);
  const kind: Kind<Gateway> = {
    path: '/gateways',
    words: {
      title: t('gateways.title'),
      lead: t('gateways.lead'),
      one: t('gateways.one'),
      new: t('gateways.new'),
      empty: t('gateways.empty'),
    },
    above: <Processes />,
    search: ['name', 'description'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'location',
        title: t('gateways.location'),
        text: ({ properties }) => properties.locationData?.name ?? '',
      },
      {
        key: 'description',
        title: t('operation.description'),
        sortable: true,
        text: ({ properties }) => properties.description ?? '',
      },
    ],
    actions: ({ name }) => [
      { label: t('gateways.keys'), icon: KeyRound, run: () => table.set({ keys: name }) },
      { label: t('gateways.token'), icon: Ticket, run: () => table.set({ token: name }) },
    ],
    fields: [
      { at: 'description', label: t('operation.description'), kind: 'area' },
      { at: 'locationData.name', label: t('gateways.location'), required: true },
      { at: 'locationData.city', label: t('gateways.city') },
      { at: 'locationData.countryOrRegion', label: t('gateways.country') },
    ],
  };
  return (
    <>
      <ResourcePage kind={kind} />
      {opened && mayWrite && (
        <GatewayAccess
          key={opened}
          id={opened}
          what={what}
          onClose={() => table.set({ keys: null, token: null })}
        />
      )}
    </>
  );
}

function Processes() {
  const { t } = useTranslation('publisher');
  const { data, error } = useStatuses();
  const rows = data?.value ?? [];
  return (
    <Stack mb="xl" gap="xs">
      <Title order={2}>{t('gateways.health')}</Title>
      <Refusal error={error} />
      {data && !rows.length && (
        <Text size="sm" c="dimmed">
          {t('gateways.noHealth')}
        </Text>
      )}
      {rows.length > 0 && (
        <Scroll label={t('gateways.health')}>
          <Table
            className="app-stacks"
            role="table"
            miw={{ sm: 640 }}
            aria-label={t('gateways.health')}
          >
            <Table.Thead role="rowgroup">
              <Table.Tr role="row">
                <Table.Th role="columnheader">{t('gateways.process')}</Table.Th>
                <Table.Th role="columnheader">{t('gateways.state')}</Table.Th>
                <Table.Th ta="right" role="columnheader">
                  {t('gateways.version')}
                </Table.Th>
                <Table.Th role="columnheader">{t('gateways.heard')}</Table.Th>
                <Table.Th role="columnheader">{t('gateways.breakers')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody role="rowgroup">
              {rows.map(({ name, properties }) => (
                <Table.Tr key={`${properties.gatewayId}/${name}`} role="row">
                  <Table.Td role="cell">
                    <code>{name}</code>
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('gateways.state')}>
                    <Health status={properties} />
                  </Table.Td>
                  <Table.Td ta="right" role="cell" data-label={t('gateways.version')}>
                    {number(properties.version)}{' '}
                    {properties.version < properties.newestVersion && (
                      <Badge color="warn">{t('gateways.behind')}</Badge>
                    )}
                  </Table.Td>
                  <Table.Td role="cell" data-nowrap data-label={t('gateways.heard')}>
                    {dateTime(properties.lastHeard)}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('gateways.breakers')}>
                    <Circuits circuits={properties.circuits} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
      <Title order={2} mt="md">
        {t('gateways.selfHosted')}
      </Title>
    </Stack>
  );
}

/** Whether it answers, and what ails it all the same. */
function Health({ status }: { status: Status }) {
  const { t } = useTranslation('publisher');
  const troubles = status.isAlive ? status.troubles : [];
  const state = status.isAlive ? (troubles.length ? 'ailing' : 'alive') : 'silent';
  return (
    <>
      <Badge color={STATES[state]}>{t(`gateways.${state}`)}</Badge>
      {troubles.map((one) => (
        <Text key={one} size="xs" mt={4} className="pub-trouble">
          {worded(one)}
        </Text>
      ))}
    </>
  );
}

function Circuits({ circuits }: { circuits: Status['circuits'] }) {
  const { t } = useTranslation('publisher');
  const rows = Object.entries(circuits);
  if (!rows.length) return '–';
  return (
    <Group gap={6}>
      {rows.map(([backend, state]) => (
        <Badge key={backend} color={COLOURS[state]}>
          {backend}: {t(`gateways.circuits.${state}`)}
        </Badge>
      ))}
    </Group>
  );
}
