import { Anchor, Button, Group } from '@mantine/core';
import { FlaskConical, Plus, ScrollText, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useConfirm } from '../../base/confirm.tsx';
import { toast } from '../../base/toast.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import { type Operation, VERBS } from '../operation/model.ts';
import { ResourceTable } from '../parts/ResourceTable.tsx';
import { at, type Entity, useChange, useMayWrite } from '../rest/management.ts';
import { pageOf } from './model.ts';

/** The operations of an API. */
export function OperationList({ id }: { id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const mayWrite = useMayWrite();
  const confirm = useConfirm();
  const change = useChange();
  const [, go] = useLocation();
  const path = at`/apis/${id}/operations`;
  const remove = async ({ name, properties }: Entity<Operation>) => {
    const title = properties.displayName;
    const sure = await confirm({
      title: t('remove.title', { name: title }),
      body: t('remove.body', { kind: t('operation.one'), name: title }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await change('DELETE', `${path}/${encodeURIComponent(name)}`, { etag: '*' });
      toast.done(t('remove.done', { name: title }));
    } catch (error) {
      toast.failed(error);
    }
  };
  const add = mayWrite && (
    <Button
      component={Link}
      href={`${pageOf(id)}/operations/new`}
      leftSection={<Plus size={16} aria-hidden />}
    >
      {t('operation.add')}
    </Button>
  );
  return (
    <ResourceTable<Operation>
      label={t('api.tabs.operations')}
      path={path}
      table={table}
      search={['displayName', 'name', 'urlTemplate', 'description']}
      choices={[
        {
          field: 'method',
          label: t('operation.method'),
          options: VERBS.map((value) => ({ value, label: value })),
        },
      ]}
      tools={add}
      columns={[
        {
          key: 'displayName',
          title: t('base:name'),
          sortable: true,
          text: ({ properties }) => properties.displayName,
          cell: ({ name, properties }) => (
            <Anchor
              component={Link}
              fw={550}
              href={`${pageOf(id)}/operations/${encodeURIComponent(name)}`}
            >
              {properties.displayName}
            </Anchor>
          ),
        },
        {
          key: 'method',
          title: t('operation.method'),
          sortable: true,
          width: 90,
          text: ({ properties }) => properties.method,
          cell: ({ properties }) => <VerbBadge method={properties.method} />,
        },
        {
          key: 'urlTemplate',
          title: t('operation.urlTemplate'),
          sortable: true,
          text: ({ properties }) => properties.urlTemplate,
          cell: ({ properties }) => (
            <code className="pub-wrap pub-template app-code">{properties.urlTemplate}</code>
          ),
        },
      ]}
      actions={(row) => [
        {
          label: t('api.tabs.test'),
          icon: FlaskConical,
          run: () => go(`${pageOf(id, 'test')}?operation=${encodeURIComponent(row.name)}`),
        },
        {
          label: t('policies.title'),
          icon: ScrollText,
          run: () => go(`${pageOf(id, 'policies')}?operation=${encodeURIComponent(row.name)}`),
        },
        ...(mayWrite
          ? [{ label: t('base:delete'), icon: Trash2, danger: true, run: () => remove(row) }]
          : []),
      ]}
      empty={<Empty text={t('operation.empty')} action={<Group justify="center">{add}</Group>} />}
    />
  );
}
