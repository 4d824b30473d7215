import { Anchor, Button, Loader } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ApiError } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import {
  type Entity,
  type Properties,
  type Read,
  useAsk,
  useChange,
  useMayWrite,
  useRead,
} from '../rest/management.ts';
import { idFor } from '../rest/odata.ts';
import { FormDrawer } from './FormDrawer.tsx';
import { type Field, sendable, valueAt } from './fields.ts';
import { type Choice, type Col, ResourceTable, type RowAction } from './ResourceTable.tsx';

export type Kind<P = Properties> = {
  path: string;
  words: {
    title: string;
    lead?: string;
    /** "Named value": heads the form. */
    one: string;
    new: string;
    empty: string;
  };
  columns: Col<P>[];
  search?: readonly string[];
  choices?: readonly Choice[];
  filter?: string;
  query?: Record<string, string>;
  whole?: boolean;
  fields?: readonly Field[];
  /** The field that a new id is made from; without it the id is typed. */
  idFrom?: string;
  /** Ids that nobody needs to know are drawn. */
  hiddenId?: () => string;
  /** Ids are chosen from these. */
  ids?: readonly { value: string; label: string }[];
  initial?: Properties;
  /** What the form shows of an entity, and what is sent of the form. */
  shown?: (entity: Read<P>) => Properties;
  sent?: (values: Properties, fresh: boolean) => Properties | Promise<Properties>;
  /** How a change is sent. */
  verb?: 'PATCH' | 'PUT';
  /** Entities have pages of their own. */
  link?: (row: Entity<P>) => string;
  actions?: (row: Entity<P>) => RowAction[];
  fixed?: boolean;
  mayDelete?: (row: Entity<P>) => boolean;
  deleteQuery?: Record<string, string>;
  below?: (entity: Read<P> | null, values: Properties) => ReactNode;
  tools?: ReactNode;
  /** What stands beside the search. */
  narrowing?: ReactNode;
  /** What stands before the list. */
  above?: ReactNode;
  size?: number;
};

/** A list, and a form beside it: most of what there is to administer. */
export function ResourcePage<P = Properties>({ kind }: { kind: Kind<P> }) {
  const mayWrite = useMayWrite();
  const table = useTable();
  const { words } = kind;
  const create = mayWrite && kind.fields && !kind.fixed && (
    <Button
      className="pub-create"
      leftSection={<Plus size={16} aria-hidden />}
      onClick={() => table.set({ new: '1' })}
    >
      {words.new}
    </Button>
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          {kind.tools}
          {create}
        </>
      }
    >
      {kind.above}
      <ResourceList kind={kind} create={create} />
      {kind.fields && table.value('new') && mayWrite && (
        <NewDrawer kind={kind} onClose={() => table.set({ new: null })} />
      )}
      {kind.fields && table.value('open') && (
        <OpenDrawer
          kind={kind}
          name={table.value('open')}
          readOnly={!mayWrite}
          onClose={() => table.set({ open: null })}
        />
      )}
    </Page>
  );
}

function ResourceList<P>({ kind, create }: { kind: Kind<P>; create: ReactNode }) {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const change = useChange();
  const confirm = useConfirm();
  const mayWrite = useMayWrite();
  const [first, ...others] = kind.columns;
  if (!first) return null;
  const remove = async (row: Entity<P>) => {
    const name = String(first.text(row));
    const sure = await confirm({
      title: t('remove.title', { name }),
      body: t('remove.body', { kind: kind.words.one, name }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      const path = `${kind.path}/${encodeURIComponent(row.name)}`;
      await change('DELETE', path, { etag: '*', query: kind.deleteQuery });
      toast.done(t('remove.done', { name }));
    } catch (error) {
      toast.failed(error);
    }
  };
  const opening = (row: Entity<P>) =>
    kind.link ? (
      <Anchor component={Link} href={kind.link(row)} fw={550}>
        {first.cell?.(row) ?? first.text(row)}
      </Anchor>
    ) : kind.fields ? (
      <Anchor
        component="button"
        type="button"
        ta="left"
        fw={550}
        onClick={() => table.set({ open: row.name })}
      >
        {first.cell?.(row) ?? first.text(row)}
      </Anchor>
    ) : (
      (first.cell?.(row) ?? first.text(row))
    );
  const actions = (row: Entity<P>): RowAction[] => [
    ...(kind.actions?.(row) ?? []),
    ...(!kind.fixed && (kind.mayDelete?.(row) ?? true)
      ? [{ label: t('base:delete'), icon: Trash2, danger: true, run: () => remove(row) }]
      : []),
  ];
  return (
    <ResourceTable<P>
      label={kind.words.title}
      path={kind.path}
      table={table}
      columns={[{ ...first, cell: opening }, ...others]}
      search={kind.search}
      choices={kind.choices}
      filter={kind.filter}
      query={kind.query}
      whole={kind.whole}
      tools={kind.narrowing}
      actions={mayWrite && (!kind.fixed || kind.actions) ? actions : undefined}
      empty={<Empty text={kind.words.empty} action={create} />}
    />
  );
}

function NewDrawer<P>({ kind, onClose }: { kind: Kind<P>; onClose: () => void }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const ask = useAsk();
  const [typed, setTyped] = useState(false);
  const id: Field = {
    at: 'id',
    label: t('form.id'),
    required: true,
    mono: true,
    ...(kind.ids ? { kind: 'select', options: kind.ids } : { help: t('form.idHelp') }),
  };
  const own = kind.fields ?? [];
  const fields = kind.hiddenId
    ? own
    : kind.idFrom
      ? [...own.slice(0, 1), id, ...own.slice(1)]
      : [id, ...own];
  const follow = (values: Properties, changed: string) => {
    if (changed === 'id') setTyped(true);
    if (changed !== kind.idFrom || typed) return values;
    return { ...values, id: idFor(String(valueAt(values, changed) ?? '')) };
  };
  return (
    <FormDrawer
      opened
      fresh
      onClose={onClose}
      size={kind.size}
      title={kind.words.new}
      fields={fields}
      initial={kind.initial ?? {}}
      follow={follow}
      action={t('form.create')}
      onSave={async ({ id: typedId, ...values }) => {
        const name = kind.hiddenId?.() ?? typedId;
        const path = `${kind.path}/${encodeURIComponent(String(name))}`;
        if (await taken(ask, path))
          throw new ApiError(409, { code: 'Conflict', target: 'id', message: t('form.taken') });
        const properties = kind.sent ? await kind.sent(values, true) : sendable(own, values, false);
        await change('PUT', path, { properties });
        // What people know it by: the field its id comes from, or the id they typed.
        const telling = kind.idFrom ?? (kind.hiddenId ? (own[0]?.at ?? '') : '');
        const title = (telling && valueAt(values, telling)) || name;
        toast.done(t('form.created', { name: String(title) }));
      }}
    >
      {kind.below && ((values) => kind.below?.(null, values))}
    </FormDrawer>
  );
}

async function taken(ask: ReturnType<typeof useAsk>, path: string): Promise<boolean> {
  try {
    await ask('GET', path);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

type Opened<P> = { kind: Kind<P>; name: string; readOnly: boolean; onClose: () => void };

function OpenDrawer<P>({ kind, name, readOnly, onClose }: Opened<P>) {
  const path = `${kind.path}/${encodeURIComponent(name)}`;
  const { data, error, isPlaceholderData } = useRead<Read<P>>(path);
  const found = isPlaceholderData ? undefined : data;
  // What is open stays open, whatever becomes of a later look.
  const missing = found ? null : error;
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    if (!missing) return;
    toast.failed(missing);
    close.current();
  }, [missing]);
  if (missing) return null;
  if (!found) return <Loader size="xs" />;
  return <Editing key={name} kind={kind} found={found} readOnly={readOnly} onClose={onClose} />;
}

/** The form keeps the entity as it was opened: so a change by others is noticed. */
function Editing<P>({
  kind,
  found,
  readOnly,
  onClose,
}: Omit<Opened<P>, 'name'> & { found: Read<P> }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const [opened] = useState(found);
  const fields = kind.fields ?? [];
  const title = String(kind.columns[0]?.text(opened) ?? opened.name);
  return (
    <FormDrawer
      opened
      onClose={onClose}
      size={kind.size}
      title={`${kind.words.one}: ${title}`}
      fields={fields}
      initial={kind.shown?.(opened) ?? (opened.properties as Properties)}
      readOnly={readOnly}
      action={t('base:save')}
      onSave={async (values) => {
        const verb = kind.verb ?? 'PATCH';
        const properties = kind.sent
          ? await kind.sent(values, false)
          : sendable(fields, values, verb === 'PATCH');
        const path = `${kind.path}/${encodeURIComponent(opened.name)}`;
        await change(verb, path, { properties, etag: opened.etag });
        toast.done(t('base:saved'));
      }}
    >
      {kind.below && ((values) => kind.below?.(opened, values))}
    </FormDrawer>
  );
}
