import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageLink } from '../../base/Shell.tsx';
import { toast } from '../../base/toast.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { FormDrawer } from '../parts/FormDrawer.tsx';
import {
  at,
  EVERYTHING,
  type Listed,
  type Read,
  useChange,
  useMaybeEntity,
  useMayWrite,
  useRead,
} from '../rest/management.ts';
import { both, equal, idFor, nameOf } from '../rest/odata.ts';
import { type ApiProperties, pageOf } from './model.ts';

type Set = { displayName: string; versioningScheme: 'Segment' | 'Query' | 'Header' };

/** Versions of an API: they live side by side, and callers choose. */
export function Versions({ api, id }: { api: Read<ApiProperties>; id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const mayWrite = useMayWrite();
  const [opened, open] = useState(false);
  const setId = nameOf(api.properties.apiVersionSetId);
  const set = useMaybeEntity<Set>(setId ? at`/apiVersionSets/${setId}` : null);
  const filter = both(equal('apiVersionSetId', setId), 'isCurrent eq true');
  const { data } = useRead<Listed<ApiProperties>>(
    '/apis',
    { $filter: filter, $top: EVERYTHING },
    setId !== '',
  );
  const rows = setId ? (data?.value ?? []) : [];
  const add = mayWrite && (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => open(true)}>
      {t('versions.new')}
    </Button>
  );
  return (
    <Stack>
      {set && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t(`versions.schemes.${set.properties.versioningScheme}`)}
          </Text>
          {add}
        </Group>
      )}
      {rows.length ? (
        <Table aria-label={t('api.tabs.versions')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('versions.version')}</Table.Th>
              <Table.Th>{t('base:name')}</Table.Th>
              <Table.Th>{t('apis.path')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ name, properties }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Badge color={name === id ? 'accent' : 'gray'}>
                    {properties.apiVersion || t('versions.original')}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <PageLink to={pageOf(name)}>{properties.displayName}</PageLink>
                </Table.Td>
                <Table.Td>
                  <code>/{properties.path}</code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : (
        <Empty text={t('versions.none')} action={add} />
      )}
      {opened && (
        <NewVersion id={id} api={api} set={set ? setId : ''} onClose={() => open(false)} />
      )}
    </Stack>
  );
}

type New = { id: string; api: Read<ApiProperties>; set: string; onClose: () => void };

function NewVersion({ id, api, set, onClose }: New) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const schemes = (['Segment', 'Query', 'Header'] as const).map((value) => ({
    value,
    label: t(`versions.schemes.${value}`),
  }));
  const fresh = !set;
  return (
    <FormDrawer
      opened
      fresh
      onClose={onClose}
      title={t('versions.new')}
      lead={t('versions.newLead')}
      initial={{ versioningScheme: 'Segment', name: `${id}-v2`, version: 'v2' }}
      follow={(values, changed) =>
        changed === 'version'
          ? { ...values, name: `${id}-${idFor(String(values.version))}` }
          : values
      }
      action={t('form.create')}
      fields={[
        {
          at: 'version',
          label: t('versions.version'),
          required: true,
          mono: true,
          placeholder: 'v2',
        },
        { at: 'name', label: t('form.id'), required: true, mono: true },
        {
          at: 'versioningScheme',
          label: t('versions.scheme'),
          kind: 'select',
          options: schemes,
          required: true,
          when: () => fresh,
        },
        {
          at: 'versionQueryName',
          label: t('versions.query'),
          mono: true,
          required: true,
          when: ({ versioningScheme }) => fresh && versioningScheme === 'Query',
        },
        {
          at: 'versionHeaderName',
          label: t('versions.header'),
          mono: true,
          required: true,
          when: ({ versioningScheme }) => fresh && versioningScheme === 'Header',
        },
      ]}
      onSave={async ({ version, name, ...scheme }) => {
        const { displayName, path } = api.properties;
        const setPath = `/apiVersionSets/${set || `${id}-versions`}`;
        if (fresh) {
          await change('PUT', setPath, { properties: { displayName, ...scheme } });
          // The one there was goes on without a version: "Original".
          await change('PATCH', at`/apis/${id}`, {
            properties: { apiVersionSetId: setPath },
            etag: '*',
          });
        }
        const properties = {
          displayName,
          path,
          apiVersion: version,
          apiVersionSetId: setPath,
          sourceApiId: `/apis/${id}`,
        };
        await change('PUT', at`/apis/${String(name)}`, { properties });
        toast.done(t('form.created', { name: `${displayName} ${version}` }));
      }}
    />
  );
}
