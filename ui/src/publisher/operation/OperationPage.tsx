import { Anchor, Button, Group, Select, Stack, Tabs, Textarea, TextInput } from '@mantine/core';
import { FlaskConical, ScrollText } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { ApiError } from '../../api/client.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { type ApiProperties, pageOf } from '../api/model.ts';
import { Memberships } from '../parts/Memberships.tsx';
import { at, type Read, useAsk, useChange, useEntity, useMayWrite } from '../rest/management.ts';
import { idFor } from '../rest/odata.ts';
import { Bodies } from './Bodies.tsx';
import {
  emptyOperation,
  faults,
  following,
  formOf,
  type Operation,
  type OperationForm,
  operationOf,
  VERBS,
} from './model.ts';
import { Parameters } from './Parameters.tsx';
import { Responses } from './Responses.tsx';

/** One operation, or a new one: verb, URL template, parameters, request, responses. */
export function OperationPage({ api, id }: { api: string; id: string }) {
  const { t } = useTranslation('publisher');
  const owner = useEntity<ApiProperties>(at`/apis/${api}`).properties;
  const fresh = id === 'new';
  return fresh ? (
    <Frame api={api} owner={owner} title={t('operation.new')}>
      <Form api={api} found={null} />
    </Frame>
  ) : (
    <Existing api={api} id={id} owner={owner} />
  );
}

function Existing({ api, id, owner }: { api: string; id: string; owner: ApiProperties }) {
  const { t } = useTranslation('publisher');
  const found = useEntity<Operation>(at`/apis/${api}/operations/${id}`);
  const query = `?operation=${encodeURIComponent(id)}`;
  return (
    <Frame
      api={api}
      owner={owner}
      title={found.properties.displayName}
      actions={
        <>
          <Button
            component={Link}
            href={pageOf(api, 'policies') + query}
            variant="default"
            leftSection={<ScrollText size={15} aria-hidden />}
          >
            {t('policies.title')}
          </Button>
          <Button
            component={Link}
            href={pageOf(api, 'test') + query}
            variant="default"
            leftSection={<FlaskConical size={15} aria-hidden />}
          >
            {t('api.tabs.test')}
          </Button>
        </>
      }
    >
      <Form key={found.etag} api={api} found={found} />
    </Frame>
  );
}

type Frame = {
  api: string;
  owner: ApiProperties;
  title: string;
  actions?: ReactNode;
  children: ReactNode;
};

function Frame({ api, owner, title, actions, children }: Frame) {
  const { t } = useTranslation('publisher');
  const trail = [
    { to: '/apis', label: t('apis.title') },
    { to: pageOf(api), label: owner.displayName },
  ];
  return (
    <Page title={title} above={<Crumbs trail={trail} here={title} />} actions={actions}>
      {children}
    </Page>
  );
}

function Form({ api, found }: { api: string; found: Read<Operation> | null }) {
  const { t } = useTranslation(['publisher', 'base']);
  const [form, setForm] = useState(() => (found ? formOf(found.properties) : emptyOperation()));
  const [wrong, setWrong] = useState<(keyof OperationForm)[]>([]);
  const [refused, setRefused] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const mayWrite = useMayWrite();
  const change = useChange();
  const ask = useAsk();
  const [, go] = useLocation();
  const set = (part: Partial<OperationForm>) => {
    setForm((now) => ({ ...now, ...part }));
    setWrong((now) => now.filter((name) => !(name in part)));
  };
  const lacks = (name: keyof OperationForm) => wrong.includes(name) && t('form.required');
  const save = async () => {
    const lacking = faults(form);
    setWrong(lacking);
    if (lacking.length) return;
    setSaving(true);
    setRefused(null);
    try {
      const properties = operationOf(form);
      const id = found?.name ?? (await freeId(ask, api, form));
      // A whole operation is sent, so that what was taken out is gone.
      await change('PUT', at`/apis/${api}/operations/${id}`, { properties, etag: found?.etag });
      toast.done(found ? t('base:saved') : t('form.created', { name: form.displayName }));
      if (!found) go(pageOf(api));
    } catch (error) {
      setRefused(error);
    } finally {
      setSaving(false);
    }
  };
  return (
    <Stack>
      <Tabs defaultValue="signature">
        <Tabs.List mb="md">
          <Tabs.Tab value="signature">{t('operation.signature')}</Tabs.Tab>
          <Tabs.Tab value="request">{t('operation.request')}</Tabs.Tab>
          <Tabs.Tab value="responses">{t('operation.responses')}</Tabs.Tab>
          {found && <Tabs.Tab value="tags">{t('tags.title')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="signature">
          <Stack>
            <Group align="flex-start" wrap="wrap">
              <Select
                label={t('operation.method')}
                w={130}
                withAsterisk
                data={[...new Set([...VERBS, form.method])]}
                value={form.method}
                allowDeselect={false}
                disabled={!mayWrite}
                onChange={(method) => set({ method: method ?? 'GET' })}
              />
              <TextInput
                label={t('operation.urlTemplate')}
                description={t('operation.urlHelp')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                withAsterisk
                placeholder="/jobs/{jobId}?api-version=2.0"
                style={{ flex: '1 1 320px' }}
                styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
                value={form.urlTemplate}
                error={lacks('urlTemplate')}
                disabled={!mayWrite}
                onChange={(event) => {
                  const urlTemplate = event.currentTarget.value;
                  const templateParameters = following(urlTemplate, form.templateParameters);
                  set({ urlTemplate, templateParameters });
                }}
              />
            </Group>
            <TextInput
              label={t('operation.displayName')}
              withAsterisk
              value={form.displayName}
              error={lacks('displayName')}
              disabled={!mayWrite}
              onChange={(event) => set({ displayName: event.currentTarget.value })}
            />
            <Textarea
              label={t('operation.description')}
              autosize
              minRows={2}
              value={form.description}
              disabled={!mayWrite}
              onChange={(event) => set({ description: event.currentTarget.value })}
            />
            <Heading text={t('operation.template')} />
            <Parameters
              named
              title={t('operation.template')}
              parameters={form.templateParameters}
              readOnly={!mayWrite}
              empty={t('operation.noTemplate')}
              onChange={(templateParameters) => set({ templateParameters })}
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="request">
          <Stack>
            <Textarea
              label={t('operation.description')}
              autosize
              value={form.requestDescription}
              disabled={!mayWrite}
              onChange={(event) => set({ requestDescription: event.currentTarget.value })}
            />
            <Heading text={t('operation.query')} />
            <Parameters
              title={t('operation.query')}
              parameters={form.queryParameters}
              readOnly={!mayWrite}
              onChange={(queryParameters) => set({ queryParameters })}
            />
            <Heading text={t('operation.headers')} />
            <Parameters
              title={t('operation.headers')}
              parameters={form.headers}
              readOnly={!mayWrite}
              empty={t('operation.noHeaders')}
              onChange={(headers) => set({ headers })}
            />
            <Heading text={t('operation.bodies')} />
            <Bodies
              title={t('operation.bodies')}
              bodies={form.bodies}
              readOnly={!mayWrite}
              onChange={(bodies) => set({ bodies })}
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="responses">
          <Responses
            responses={form.responses}
            readOnly={!mayWrite}
            onChange={(responses) => set({ responses })}
          />
        </Tabs.Panel>
        {found && (
          <Tabs.Panel value="tags">
            <Memberships
              title={t('tags.title')}
              all="/tags"
              own={at`/apis/${api}/operations/${found.name}/tags`}
              link={(tag) => at`/apis/${api}/operations/${found.name}/tags/${tag}`}
              empty={t('tags.empty')}
            />
          </Tabs.Panel>
        )}
      </Tabs>
      <Refusal
        error={
          refused ??
          (wrong.length
            ? new Error(
                t('operation.wrong', {
                  fields: wrong.map((one) => t(`operation.fields.${one}`)).join(', '),
                }),
              )
            : null)
        }
      />
      {mayWrite && (
        <Group>
          <Button loading={saving} onClick={() => void save()}>
            {t('base:save')}
          </Button>
          <Anchor component={Link} href={pageOf(api)} size="sm">
            {t('base:cancel')}
          </Anchor>
        </Group>
      )}
    </Stack>
  );
}

function Heading({ text }: { text: string }) {
  return <h3 className="pub-heading">{text}</h3>;
}

/** An id made of the name; with a number behind it when that is taken. */
async function freeId(ask: ReturnType<typeof useAsk>, api: string, form: OperationForm) {
  const start = idFor(form.displayName) || `${form.method.toLowerCase()}-operation`;
  for (let turn = 1; ; turn += 1) {
    const id = turn === 1 ? start : `${start}-${turn}`;
    try {
      await ask('GET', at`/apis/${api}/operations/${id}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return id;
      throw error;
    }
  }
}
