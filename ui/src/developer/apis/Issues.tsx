import { Badge, Button, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { date, number } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { toast } from '../../base/toast.tsx';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useKept } from '../../parts/useKept.ts';
import { useTable } from '../../parts/useTable.ts';
import { apiPath, type Issue, issuesQuery } from '../data.ts';

/** Questions and faults that readers report at an API. */
export function Issues({ api }: { api: string }) {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  const table = useTable();
  const { data, error, isPending } = useQuery(issuesQuery(api, table.skip, table.size));
  const [draft] = useKept(`issue ${api}`);
  const [asking, setAsking] = useState(draft !== '');
  const place = (id: string) => `/apis/${encodeURIComponent(api)}/issues/${encodeURIComponent(id)}`;
  const columns: Column<Issue>[] = [
    {
      key: 'title',
      title: t('issues.title'),
      cell: ({ id, title }) => <PageLink to={place(id)}>{title}</PageLink>,
    },
    {
      key: 'state',
      title: t('mine.state'),
      cell: ({ state }) => <IssueState state={state} />,
    },
    { key: 'author', title: t('issues.author'), wide: true, cell: ({ author }) => author },
    {
      key: 'created',
      title: t('mine.created'),
      wide: true,
      nowrap: true,
      cell: ({ createdDate }) => date(createdDate),
    },
    {
      key: 'comments',
      title: t('issues.said'),
      numeric: true,
      cell: ({ comments }) => number(comments),
    },
  ];
  return (
    <>
      <DataTable
        label={t('api.issues')}
        columns={columns}
        rows={data?.value}
        rowKey={({ id }) => id}
        table={table}
        count={data?.count}
        loading={isPending}
        error={error}
        empty={<Empty text={t('issues.empty')} />}
      />
      {asking ? (
        <NewIssue api={api} onDone={() => setAsking(false)} />
      ) : user ? (
        <Button mt="md" onClick={() => setAsking(true)}>
          {t('issues.new')}
        </Button>
      ) : (
        <Text mt="md" size="sm">
          {t('issues.signIn')}
        </Text>
      )}
    </>
  );
}

export function IssueState({ state }: { state: string }) {
  const { t } = useTranslation('developer');
  const tone = { resolved: 'ok', closed: 'gray', open: 'accent' }[state] ?? 'gray';
  const known = ['proposed', 'open', 'resolved', 'closed', 'removed'].includes(state);
  return <Badge color={tone}>{known ? t(`issues.state.${state as 'open'}`) : state}</Badge>;
}

function NewIssue({ api, onDone }: { api: string; onDone: () => void }) {
  const { t } = useTranslation(['developer', 'base']);
  const client = useQueryClient();
  const [title, setTitle] = useKept(`title ${api}`);
  const [description, setDescription] = useKept(`issue ${api}`);
  const leave = () => {
    setTitle('');
    setDescription('');
    onDone();
  };
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post(`${apiPath(api)}/issues`, { title, description }),
    onSuccess: () => {
      toast.done(t('issues.sent'));
      leave();
      return client.invalidateQueries({ queryKey: ['issues', api] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Stack maw={640} mt="md" gap="sm">
        <Title order={2}>{t('issues.new')}</Title>
        <Refusal error={error} />
        <TextInput
          label={t('issues.title')}
          required
          maxLength={300}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label={t('issues.description')}
          description={t('issues.markdown')}
          required
          minRows={5}
          autosize
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={isPending}>
            {t('issues.send')}
          </Button>
          <Button variant="default" onClick={leave}>
            {t('base:cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
