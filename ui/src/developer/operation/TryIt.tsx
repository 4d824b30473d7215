import { Button, Drawer, Group, Select, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { Authorization } from '../../parts/Authorization.tsx';
import { sourcesQuery, withToken } from '../../parts/authorization.ts';
import { CodePanel } from '../../parts/CodePanel.tsx';
import { JsonEditor } from '../../parts/JsonEditor.tsx';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import type { Call } from '../../snippets/model.ts';
import { samplesOf } from '../../snippets/samples.ts';
import type { ApiDetails, Operation } from '../data.ts';
import { callOf, missing, takesBody, unfitHeaders } from './form.ts';
import { KeySelect } from './KeySelect.tsx';
import { Pairs } from './Pairs.tsx';
import { ResponseView } from './ResponseView.tsx';
import { sendCall } from './send.ts';
import type { useCallForm } from './useCallForm.ts';
import type { useKeys } from './useKeys.ts';

type Props = {
  opened: boolean;
  api: ApiDetails;
  operation: Operation;
  call: ReturnType<typeof useCallForm>;
  keys: ReturnType<typeof useKeys>;
  onClose: () => void;
  onClosed: () => void;
};

/** A call put together, sent, and its answer: the drawer of an operation. */
export default function TryIt({ opened, api, operation, call, keys, onClose, onClosed }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const { form, change, reset } = call;
  const key = api.subscriptionRequired && keys.key ? keys.key : null;
  const meant = callOf(api, operation, form, key);
  const [token, setToken] = useState<string | null>(null);
  const shown = key === null ? meant : callOf(api, operation, form, DOTS);
  const hidden = { ...shown, headers: concealed(shown.headers, token) };
  const empty = missing(operation, form);
  const unfit = unfitHeaders(form.headers);
  const { mutate, data, error, isPending, variables } = useMutation({
    mutationFn: (sent: typeof meant) => sendCall(sent, api.id),
  });
  const ready = !empty.length && !unfit.length;
  const { user } = useSession();
  const { data: sources = [] } = useQuery({ ...sourcesQuery(api.id), enabled: Boolean(user) });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={onClosed}
      returnFocus={false}
      position="right"
      size="xl"
      title={
        <span className="dev-drawer-title">
          <VerbBadge method={operation.method} /> {operation.name}
        </span>
      }
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) mutate(meant);
        }}
      >
        {api.subscriptionRequired && (
          <Block title={t('try.authorization')}>
            <KeySelect api={api} keys={keys} />
          </Block>
        )}
        {user && sources.length > 0 && (
          <Block title={t('base:authorization.title')}>
            <Authorization
              api={api.id}
              onToken={(value) => {
                setToken(value);
                change((before) => ({ headers: withToken(before.headers, value) }));
              }}
            />
          </Block>
        )}
        {operation.templateParameters.length > 0 && (
          <Block title={t('try.parameters')}>
            {operation.templateParameters.map((one) => {
              const field = {
                label: one.name,
                description: one.description,
                required: one.required,
                value: form.values[one.name] ?? '',
                mb: 8,
              };
              const put = (value: string) =>
                change({ values: { ...form.values, [one.name]: value } });
              return one.values.length ? (
                <Select
                  key={one.name}
                  {...field}
                  data={one.values}
                  onChange={(value) => put(value ?? '')}
                />
              ) : (
                <TextInput
                  key={one.name}
                  {...field}
                  onChange={(event) => put(event.currentTarget.value)}
                />
              );
            })}
          </Block>
        )}
        <Block title={t('try.query')}>
          <Pairs
            pairs={form.query}
            onChange={(query) => change({ query })}
            add={t('try.addParameter')}
            noun={t('try.parameter')}
            required={operation.request.queryParameters
              .filter(({ required }) => required)
              .map(({ name }) => name)}
          />
        </Block>
        <Block title={t('try.headers')}>
          <Pairs
            pairs={form.headers}
            onChange={(headers) => change({ headers })}
            add={t('try.addHeader')}
            noun={t('try.header')}
          />
        </Block>
        {takesBody(operation) && (
          <Block title={t('try.body')}>
            <JsonEditor
              label={t('try.body')}
              value={form.body}
              onChange={(body) => change({ body })}
              maxHeight={340}
            />
          </Block>
        )}
        <Block title={t('try.request')}>
          <CodePanel
            label={t('try.request')}
            samples={[{ title: 'HTTP', language: 'http', code: httpText(hidden) }]}
          />
        </Block>
        {empty.length > 0 && (
          <Text size="sm" mt="sm" role="status">
            {t('try.missing', { names: empty.join(', ') })}
          </Text>
        )}
        {unfit.length > 0 && (
          <Text size="sm" mt="sm" c="var(--mantine-color-danger-text)" role="alert">
            {t('try.unfit', { names: unfit.join(', ') })}
          </Text>
        )}
        <Group my="md" gap="sm">
          <Button
            type="submit"
            loading={isPending}
            disabled={!ready}
            leftSection={<Send size={15} aria-hidden />}
          >
            {t('try.send')}
          </Button>
          <Button variant="default" onClick={reset}>
            {t('try.reset')}
          </Button>
        </Group>
      </form>
      <Refusal error={error} />
      {data && <ResponseView answer={data} url={variables.url} />}
      <Title order={3} mt="lg" mb={4}>
        {t('operation.samples')}
      </Title>
      <CodePanel label={t('operation.samples')} samples={samplesOf(hidden)} />
    </Drawer>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="dev-block">
      <Title order={3} id={id} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  );
}

const DOTS = '•'.repeat(8);

/** Headers as they may be shown: a token that was got here is a key as well. */
function concealed(headers: Call['headers'], token: string | null): Call['headers'] {
  if (token === null) return headers;
  const scheme = token.split(' ', 1)[0];
  return headers.map(([name, value]) => [name, value === token ? `${scheme} ${DOTS}` : value]);
}

/** The request as it goes over the wire. */
function httpText({ method, url, headers, body }: ReturnType<typeof callOf>): string {
  const { host, pathname, search } = new URL(url);
  const lines = [`${method} ${decoded(pathname)}${search} HTTP/1.1`, `Host: ${host}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return body === null ? lines.join('\n') : `${lines.join('\n')}\n\n${body}`;
}

function decoded(path: string): string {
  return path.replace(/%7B/gi, '{').replace(/%7D/gi, '}');
}
