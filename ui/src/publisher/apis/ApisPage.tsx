import { Badge, Button, Group, Menu, Text } from '@mantine/core';
import { ChevronDown, FilePlus2, FileUp, Plus, Waypoints } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { useMayWrite } from '../rest/management.ts';
import type { Api } from '../testing/request.ts';

type Listed = Api & { description?: string | null; type: string };

/** Every API, and the ways to make one. */
export function ApisPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const mayWrite = useMayWrite();
  const kind: Kind<Listed> = {
    path: '/apis',
    words: {
      title: t('apis.title'),
      lead: t('apis.lead'),
      one: t('apis.one'),
      new: t('apis.new'),
      empty: t('apis.empty'),
    },
    search: ['displayName', 'name', 'path'],
    filter: 'isCurrent eq true',
    link: ({ name }) => `/apis/${encodeURIComponent(name)}`,
    deleteQuery: { deleteRevisions: 'true' },
    tools: mayWrite && <Create />,
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
        cell: ({ properties }) => (
          <Group gap={6} component="span" display="inline-flex">
            {properties.displayName}
            {properties.apiVersion && <Badge color="gray">{properties.apiVersion}</Badge>}
          </Group>
        ),
      },
      {
        key: 'path',
        title: t('apis.path'),
        sortable: true,
        nowrap: true,
        text: ({ properties }) => `/${properties.path}`,
        cell: ({ properties }) => <code>/{properties.path}</code>,
      },
      {
        key: 'serviceUrl',
        title: t('apis.serviceUrl'),
        sortable: true,
        text: ({ properties }) => properties.serviceUrl ?? '',
        cell: ({ properties }) => (
          <Text size="sm" truncate="end" maw={320} title={properties.serviceUrl ?? ''}>
            {properties.serviceUrl || '–'}
          </Text>
        ),
      },
      {
        key: 'revision',
        title: t('apis.revision'),
        numeric: true,
        text: ({ properties }) => properties.apiRevision,
      },
      {
        key: 'type',
        title: t('apis.type'),
        text: ({ properties }) => properties.type.toUpperCase(),
      },
    ],
  };
  return <ResourcePage kind={kind} />;
}

function Create() {
  const { t } = useTranslation('publisher');
  const ways = [
    { to: '/apis/new/blank', label: t('apis.blank'), icon: FilePlus2 },
    { to: '/apis/new/document', label: t('apis.document'), icon: FileUp },
    { to: '/apis/new/service', label: t('apis.service'), icon: Waypoints },
  ];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<Plus size={16} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
        >
          {t('apis.new')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ways.map(({ to, label, icon: Icon }) => (
          <Menu.Item
            key={to}
            component={Link}
            href={to}
            leftSection={<Icon size={15} aria-hidden />}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
