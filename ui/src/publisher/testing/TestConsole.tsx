import { Button, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { Play } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Loading } from '../../base/Loading.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Authorization } from '../../parts/Authorization.tsx';
import { withToken } from '../../parts/authorization.ts';
import { Empty } from '../../parts/Empty.tsx';
import type { Operation } from '../operation/model.ts';
import { EntityPicker } from '../parts/EntityPicker.tsx';
import { Operations } from '../policies/PoliciesPage.tsx';
import {
  at,
  type Entity,
  type Listed,
  useAsk,
  useMaybeEntity,
  useRead,
} from '../rest/management.ts';
import { equal, nameOf } from '../rest/odata.ts';
import type { Subscription } from '../subscriptions/model.ts';
import { Answer, type Relayed } from './Answer.tsx';
import { Pairs } from './Pairs.tsx';
import {
  type Api,
  type Draft,
  draftOf,
  encoded,
  headersOf,
  plainest,
  type Scheme,
  urlOf,
} from './request.ts';
import type { Trace } from './trace.ts';

const PATIENCE = 20;
/** Operations among which the one to begin with is chosen. */
const LOOKED_AT = 100;

/** Calls an operation through the gateway, with a key of choice, and shows the trace. */
export function TestConsole({ api, id }: { api: Api; id: string }) {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  // The one that the address names, or else the first that there is.
  const filter = equal('name', params.get('operation'));
  const asked = { $top: filter ? 1 : LOOKED_AT, $filter: filter };
  const { data, error } = useRead<Listed<Operation>>(at`/apis/${id}/operations`, asked);
  const chosen = data && plainest(data.value);
  if (error) return <Refusal error={error} />;
  if (!data) return <Loading />;
  if (!chosen) return <Empty text={t('test.noOperations')} />;
  return (
    <div>
      <Operations
        api={id}
        value={chosen.name}
        onChange={(operation) => setParams({ operation }, { replace: true })}
      />
      <Calling key={chosen.name} api={api} id={id} operation={chosen} />
    </div>
  );
}

type Sent = { answer: Relayed; trace: Trace | null | undefined };

function Calling({ api, id, operation }: { api: Api; id: string; operation: Entity<Operation> }) {
  const { t } = useTranslation('publisher');
  const { site } = useSession();
  const ask = useAsk();
  const set = nameOf(api.apiVersionSetId);
  const scheme =
    useMaybeEntity<Scheme>(set ? at`/apiVersionSets/${set}` : null)?.properties ?? null;
  const [draft, setDraft] = useState<Draft>(() => draftOf(operation.properties));
  const [subscription, setSubscription] = useState<string | null>('master');
  const [token, setToken] = useState<string | null>(null);
  const [traced, setTraced] = useState(true);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<Sent | null>(null);
  const [error, setError] = useState<unknown>(null);
  const place = useRef<HTMLDivElement>(null);
  // The form may be longer than the window; what came back is in sight all the same.
  useEffect(() => {
    if (sent || error) place.current?.scrollIntoView({ block: 'nearest' });
  }, [sent, error]);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const url = urlOf(site.gatewayUrl, api, scheme, operation.properties, draft);
  const root = id.split(';rev=')[0] ?? id;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const key = subscription ? (await secrets(ask, subscription)).primaryKey : '';
      const { method } = operation.properties;
      const answer = await post<Relayed>('/developer/console/send', {
        method,
        url,
        headers: token
          ? withToken(headersOf(api, scheme, draft, key), token)
          : headersOf(api, scheme, draft, key),
        bodyBase64: draft.body && method !== 'GET' ? encoded(draft.body) : '',
        trace: traced,
        apiId: root,
      });
      setSent({ answer, trace: undefined });
      if (traced) setSent({ answer, trace: await traceOf(ask, answer) });
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="pub-halves pub-below">
      <Stack component="form" gap="md" onSubmit={(event) => void send(event)}>
        {Object.keys(draft.template).map((name) => (
          <TextInput
            key={name}
            label={name}
            required
            value={draft.template[name]}
            onChange={(event) => {
              const value = event.currentTarget.value;
              change({ template: { ...draft.template, [name]: value } });
            }}
          />
        ))}
        <Keys value={subscription} onChange={setSubscription} />
        <Authorization api={id} onToken={setToken} />
        <Pairs
          title={t('operation.query')}
          add={t('test.addParameter')}
          pairs={draft.query}
          onChange={(query) => change({ query })}
        />
        <Pairs
          title={t('test.headers')}
          add={t('test.addHeader')}
          pairs={draft.headers}
          onChange={(headers) => change({ headers })}
        />
        {operation.properties.method !== 'GET' && (
          <Textarea
            label={t('test.body')}
            autosize
            minRows={6}
            maxRows={24}
            spellCheck={false}
            styles={{
              input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 },
            }}
            value={draft.body}
            onChange={(event) => change({ body: event.currentTarget.value })}
          />
        )}
        <Switch
          label={t('test.trace')}
          description={t('test.traceHelp')}
          checked={traced}
          onChange={(event) => setTraced(event.currentTarget.checked)}
        />
        <Text size="sm" className="pub-wrap app-code">
          <strong>{operation.properties.method}</strong> {url}
        </Text>
        <Button
          type="submit"
          style={{ alignSelf: 'flex-start' }}
          loading={busy}
          leftSection={<Play size={15} aria-hidden />}
        >
          {t('test.send')}
        </Button>
      </Stack>
      <div className="pub-answer" ref={place}>
        <Refusal error={error} />
        {sent ? (
          <Answer {...sent} />
        ) : (
          <Empty title={t('test.response')} text={t('test.notSent')} />
        )}
      </div>
    </div>
  );
}

type Held = Pick<Subscription, 'displayName' | 'scope' | 'state'>;

type KeysProps = { value: string | null; onChange: (id: string | null) => void };

/** Whose key the call carries. */
function Keys({ value, onChange }: KeysProps) {
  const { t } = useTranslation('publisher');
  const title = ({ name, properties }: Entity<Held>) =>
    `${properties.displayName ?? name} · ${nameOf(properties.scope) || t('test.allApis')}${
      properties.state === 'active' ? '' : ` (${t(`subscriptions.states.${properties.state}`)})`
    }`;
  return (
    <EntityPicker
      label={t('test.key')}
      description={t('test.keyHelp')}
      path="/subscriptions"
      title={(row) => title(row as Entity<Held>)}
      clearable
      placeholder={t('test.noKey')}
      value={value}
      onChange={onChange}
    />
  );
}

type Asking = ReturnType<typeof useAsk>;

function secrets(ask: Asking, subscription: string) {
  return ask<{ primaryKey: string }>('POST', at`/subscriptions/${subscription}/listSecrets`);
}

/** The trace arrives a moment after the answer; null when it never does. */
async function traceOf(ask: Asking, answer: Relayed): Promise<Trace | null> {
  const header = answer.headers.find(([name]) => name.toLowerCase() === 'apim-trace-id');
  const traceId = answer.traceId ?? header?.[1];
  if (!traceId) return null;
  for (let turn = 0; turn < PATIENCE; turn += 1) {
    try {
      return await ask<Trace>('POST', '/gateways/managed/listTrace', { body: { traceId } });
    } catch {
      await new Promise((go) => setTimeout(go, 150 + 50 * turn));
    }
  }
  return null;
}
