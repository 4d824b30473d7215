import { Button, Group, Text, Textarea, Title } from '@mantine/core';
import {
  useMutation,
  useQueryClient,
  useSuspenseInfiniteQuery,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useKept } from '../../parts/useKept.ts';
import { apiPath, apiQuery, commentsQuery, issueQuery } from '../data.ts';
import { Written } from '../pages/Written.tsx';
import { IssueState } from './Issues.tsx';

/** One issue, and what was said about it. */
export default function IssuePage({ params }: { params: { api: string; issue: string } }) {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  const client = useQueryClient();
  const [id, of] = [decodeURIComponent(params.api), decodeURIComponent(params.issue)];
  const api = useSuspenseQuery(apiQuery(id)).data;
  const issue = useSuspenseQuery(issueQuery(id, of)).data;
  const said = useSuspenseInfiniteQuery(commentsQuery(id, of));
  const comments = said.data.pages.flatMap(({ value }) => value);
  const [text, setText] = useKept(`comment ${id} ${of}`);
  const home = `/apis/${encodeURIComponent(id)}`;
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post(`${apiPath(id)}/issues/${encodeURIComponent(of)}/comments`, { text }),
    onSuccess: () => {
      setText('');
      toast.done(t('issues.commented'));
      return client.invalidateQueries({ queryKey: ['comments', id, of] });
    },
  });
  const trail = [
    { to: '/apis', label: t('nav.apis') },
    { to: home, label: api.name },
    { to: `${home}/issues`, label: t('api.issues') },
  ];
  return (
    <Page
      title={issue.title}
      above={<Crumbs trail={trail} here={issue.title} />}
      lead={
        <Group gap="xs">
          <IssueState state={issue.state} /> {issue.author} · {dateTime(issue.createdDate)}
        </Group>
      }
    >
      <Written html={issue.html} />
      <Title order={2} mt="xl" mb="xs">
        {t('issues.comments', { count: said.data.pages[0]?.count ?? 0 })}
      </Title>
      {comments.map((comment) => (
        <article key={comment.id} className="dev-entry">
          <Text size="sm" c="dimmed">
            {comment.author} · {dateTime(comment.createdDate)}
          </Text>
          <Written html={comment.html} />
        </article>
      ))}
      {said.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={said.isFetchingNextPage}
          onClick={() => void said.fetchNextPage()}
        >
          {t('issues.more')}
        </Button>
      )}
      {user && issue.state !== 'closed' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          <Refusal error={error} />
          <Textarea
            maw={640}
            mt="md"
            label={t('issues.comment')}
            required
            autosize
            minRows={3}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" mt="sm" loading={isPending}>
            {t('issues.send')}
          </Button>
        </form>
      )}
    </Page>
  );
}
