import { Anchor, Badge } from '@mantine/core';
import { Ban, Check, KeyRound, Pause, Play, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { dateTime } from '../../base/format.ts';
import { toast } from '../../base/toast.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { FormDrawer } from '../parts/FormDrawer.tsx';
import { ResourceTable, type RowAction } from '../parts/ResourceTable.tsx';
import { at, type Entity, useChange, useMayWrite } from '../rest/management.ts';
import { nameOf } from '../rest/odata.ts';
import { KeysDrawer } from './KeysDrawer.tsx';
import {
  AFTER,
  COLOURS,
  STATES,
  type Step,
  type Subscription,
  scopeOf,
  shortScope,
  stepsFrom,
} from './model.ts';

const ICONS = { approve: Check, reject: X, suspend: Pause, activate: Play, cancel: Ban };
type Row = Entity<Subscription>;

/** Subscriptions, of everybody or of one product or user, and what is done with them. */
export function SubscriptionList({ path, owner = true }: { path: string; owner?: boolean }) {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const change = useChange();
  const confirm = useConfirm();
  const mayWrite = useMayWrite();
  const [rejected, reject] = useState<Row | null>(null);
  const opened = table.value('keys');
  const open = (row: Row) => table.set({ keys: row.name });
  const named = ({ name, properties }: Row) => properties.displayName || name;
  const move = async (row: Row, step: Step, comment?: string) => {
    const properties = { state: AFTER[step], ...(comment ? { stateComment: comment } : {}) };
    await change('PATCH', at`/subscriptions/${row.name}`, { properties, etag: '*' });
    toast.done(t(`subscriptions.done.${step}`, { name: named(row) }));
  };
  const act = async (row: Row, step: Step) => {
    if (step === 'reject') return reject(row);
    if (step === 'cancel' || step === 'suspend') {
      const sure = await confirm({
        title: t(`subscriptions.sure.${step}`, { name: named(row) }),
        body: t(`subscriptions.sure.${step}Body`),
        action: t(`subscriptions.steps.${step}`),
        danger: true,
      });
      if (!sure) return;
    }
    await move(row, step).catch(toast.failed);
  };
  const remove = async (row: Row) => {
    const sure = await confirm({
      title: t('remove.title', { name: named(row) }),
      body: t('remove.body', { kind: t('subscriptions.one'), name: named(row) }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    await change('DELETE', at`/subscriptions/${row.name}`, { etag: '*' })
      .then(() => toast.done(t('remove.done', { name: named(row) })))
      .catch(toast.failed);
  };
  const actions = (row: Row): RowAction[] => [
    ...stepsFrom(row.properties.state).map((step) => ({
      label: t(`subscriptions.steps.${step}`),
      icon: ICONS[step],
      danger: step === 'reject' || step === 'cancel',
      run: () => act(row, step),
    })),
    { label: t('subscriptions.keys'), icon: KeyRound, run: () => open(row) },
    { label: t('base:delete'), icon: Trash2, danger: true, run: () => remove(row) },
  ];
  return (
    <>
      <ResourceTable<Subscription>
        label={t('subscriptions.title')}
        path={path}
        table={table}
        search={['displayName', 'name', 'ownerId', 'scope']}
        choices={[
          {
            field: 'state',
            label: t('subscriptions.state'),
            options: STATES.map((value) => ({ value, label: t(`subscriptions.states.${value}`) })),
          },
        ]}
        columns={[
          {
            key: 'displayName',
            title: t('base:name'),
            sortable: true,
            text: named,
            cell: (row) =>
              mayWrite ? (
                <Anchor
                  component="button"
                  type="button"
                  fw={550}
                  ta="left"
                  onClick={() => open(row)}
                >
                  {named(row)}
                </Anchor>
              ) : (
                named(row)
              ),
          },
          {
            key: 'scope',
            title: t('subscriptions.scope'),
            sortable: true,
            text: ({ properties }) => shortScope(properties.scope) || t('test.allApis'),
            refers: ({ properties }) => scopeOf(properties.scope),
          },
          ...(owner
            ? [
                {
                  key: 'ownerId',
                  title: t('subscriptions.owner'),
                  sortable: true,
                  text: ({ properties }: Row) => nameOf(properties.ownerId) || '–',
                  refers: ({ properties }: Row) =>
                    properties.ownerId
                      ? { path: '/users', name: nameOf(properties.ownerId) }
                      : null,
                },
              ]
            : []),
          {
            key: 'state',
            title: t('subscriptions.state'),
            sortable: true,
            text: ({ properties }) => t(`subscriptions.states.${properties.state}`),
            cell: ({ properties }) => (
              <Badge color={COLOURS[properties.state]} title={properties.stateComment ?? undefined}>
                {t(`subscriptions.states.${properties.state}`)}
              </Badge>
            ),
          },
          {
            key: 'createdDate',
            title: t('subscriptions.created'),
            sortable: true,
            nowrap: true,
            text: ({ properties }) => dateTime(properties.createdDate),
          },
        ]}
        actions={mayWrite ? actions : undefined}
        empty={<Empty text={t('subscriptions.empty')} />}
      />
      <FormDrawer
        opened={rejected !== null}
        onClose={() => reject(null)}
        fresh
        title={t('subscriptions.rejecting', { name: rejected ? named(rejected) : '' })}
        fields={[
          {
            at: 'comment',
            label: t('subscriptions.comment'),
            kind: 'area',
            help: t('subscriptions.commentHelp'),
          },
        ]}
        initial={{ comment: '' }}
        action={t('subscriptions.steps.reject')}
        onSave={async ({ comment }) => {
          if (rejected) await move(rejected, 'reject', String(comment ?? ''));
        }}
      />
      {opened && mayWrite && (
        <KeysDrawer key={opened} id={opened} onClose={() => table.set({ keys: null })} />
      )}
    </>
  );
}
