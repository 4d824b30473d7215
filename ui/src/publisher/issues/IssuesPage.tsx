import { Anchor, Badge, Button, Drawer, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useTable } from '../../parts/useTable.ts';
import { ResourceTable } from '../parts/ResourceTable.tsx';
import { at, type Entity, useChange, useMayWrite, useMore, useRead } from '../rest/management.ts';
import { useNames } from '../rest/names.ts';
import { nameOf } from '../rest/odata.ts';
import { freshId } from '../rest/random.ts';

const STATES = ['proposed', 'open', 'resolved', 'closed', 'removed'] as const;
type State = (typeof STATES)[number];
type Issue = {
  title: string;
  description: string;
  userId: string;
  apiId: string;
  state: State;
  createdDate?: string;
};
type Comment = { text: string; userId: string; createdDate?: string };
const COLOURS: Record<State, string> = {
  proposed: 'warn',
  open: 'accent',
  resolved: 'ok',
  closed: 'gray',
  removed: 'gray',
};

/** What developers ask and report about APIs. */
export function IssuesPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const name = table.value('open');
  const found = useRead<Entity<Issue>>(at`/issues/${name}`, {}, name !== '');
  const opened = name && found.data?.name === name ? found.data : null;
  return (
    <Page title={t('issues.title')} lead={t('issues.lead')}>
      <ResourceTable<Issue>
        label={t('issues.title')}
        path="/issues"
        table={table}
        search={['title', 'description']}
        choices={[
          {
            field: 'state',
            label: t('issues.state'),
            options: STATES.map((value) => ({ value, label: t(`issues.states.${value}`) })),
          },
        ]}
        columns={[
          {
            key: 'title',
            title: t('issues.subject'),
            sortable: true,
            text: ({ properties }) => properties.title,
            cell: (row) => (
              <Anchor
                component="button"
                type="button"
                ta="left"
                fw={550}
                onClick={() => table.set({ open: row.name })}
              >
                {row.properties.title}
              </Anchor>
            ),
          },
          {
            key: 'apiId',
            title: t('apis.one'),
            sortable: true,
            text: ({ properties }) => nameOf(properties.apiId),
            refers: ({ properties }) => ({ path: '/apis', name: nameOf(properties.apiId) }),
          },
          {
            key: 'state',
            title: t('issues.state'),
            sortable: true,
            text: ({ properties }) => t(`issues.states.${properties.state}`),
            cell: ({ properties }) => (
              <Badge color={COLOURS[properties.state]}>
                {t(`issues.states.${properties.state}`)}
              </Badge>
            ),
          },
          {
            key: 'createdDate',
            title: t('subscriptions.created'),
            nowrap: true,
            text: ({ properties }) => dateTime(properties.createdDate),
          },
        ]}
        empty={<Empty text={t('issues.empty')} />}
      />
      <Drawer
        opened={opened !== null}
        onClose={() => table.set({ open: null })}
        position="right"
        size={560}
        title={opened?.properties.title}
        closeButtonProps={{ 'aria-label': t('base:close') }}
      >
        {opened && <Opened key={opened.name} issue={opened} />}
      </Drawer>
    </Page>
  );
}

function Opened({ issue }: { issue: Entity<Issue> }) {
  const { t } = useTranslation('publisher');
  const { user } = useSession();
  const mayWrite = useMayWrite();
  const change = useChange();
  const [text, setText] = useKept(`answer ${issue.name}`);
  const [state, setState] = useState(issue.properties.state);
  const path = at`/apis/${nameOf(issue.properties.apiId)}/issues/${issue.name}`;
  const said = useMore<Comment>(`${path}/comments`);
  const comments = said.data?.pages.flatMap(({ value }) => value) ?? [];
  const person = (id?: string | null) => ({ path: '/users', name: nameOf(id) });
  const everybody = [issue.properties, ...comments.map(({ properties }) => properties)];
  const fullName = useNames(everybody.map(({ userId }) => person(userId)));
  const left = (said.data?.pages[0]?.count ?? 0) - comments.length;
  const move = async (next: string | null) => {
    if (!next) return;
    try {
      await change('PATCH', path, { properties: { state: next }, etag: '*' });
      setState(next as State);
      toast.done(t('issues.moved'));
    } catch (error) {
      toast.failed(error);
    }
  };
  const answer = async () => {
    try {
      const properties = { text, userId: `/users/${user?.id}` };
      await change('PUT', `${path}/comments/${freshId()}`, { properties });
      setText('');
      toast.done(t('issues.answered'));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {fullName(person(issue.properties.userId))} · {dateTime(issue.properties.createdDate)}
      </Text>
      <Text style={{ whiteSpace: 'pre-wrap' }}>{issue.properties.description}</Text>
      <Select
        label={t('issues.state')}
        disabled={!mayWrite}
        allowDeselect={false}
        data={STATES.map((value) => ({ value, label: t(`issues.states.${value}`) }))}
        value={state}
        onChange={(next) => void move(next)}
      />
      {comments.map(({ name, properties }) => (
        <div key={name} className="pub-box">
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {fullName(person(properties.userId))}
            </Text>
            <Text size="sm" c="dimmed">
              {dateTime(properties.createdDate)}
            </Text>
          </Group>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {properties.text}
          </Text>
        </div>
      ))}
      {said.hasNextPage && (
        <Button
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          loading={said.isFetchingNextPage}
          onClick={() => void said.fetchNextPage()}
        >
          {t('issues.more', { count: left })}
        </Button>
      )}
      {mayWrite && (
        <>
          <Textarea
            label={t('issues.answer')}
            autosize
            minRows={3}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            disabled={!text.trim()}
            style={{ alignSelf: 'flex-start' }}
            onClick={() => void answer()}
          >
            {t('issues.send')}
          </Button>
        </>
      )}
    </Stack>
  );
}
