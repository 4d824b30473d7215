import { Alert, PasswordInput, Text, TextInput, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { NotFound } from '../../base/NotFound.tsx';
import { Page } from '../../base/Page.tsx';
import { CodePanel } from '../../parts/CodePanel.tsx';
import { batchSamples } from '../../snippets/batch.ts';
import { MustSignIn } from '../account/MustSignIn.tsx';
import { apiQuery, operationsQuery } from '../data.ts';
import { callOf, emptyForm, PLACEHOLDER } from '../operation/form.ts';
import { KeySelect } from '../operation/KeySelect.tsx';
import { useKeys } from '../operation/useKeys.ts';
import { type BatchOperations, batchOf, jobParameter } from './operations.ts';
import { Steps } from './Steps.tsx';

/** A batch job from a file to its result, one step after the other. */
export default function Batch({ params }: { params: { api: string } }) {
  const { t } = useTranslation('developer');
  const id = decodeURIComponent(params.api);
  const { user } = useSession();
  const operations = useSuspenseQuery(operationsQuery(id)).data.value;
  const batch = batchOf(operations);
  if (!batch) return <NotFound />;
  if (!user) return <MustSignIn title={t('batch.title')} />;
  return <Guided id={id} batch={batch} />;
}

function Guided({ id, batch }: { id: string; batch: BatchOperations }) {
  const { t } = useTranslation(['developer', 'base']);
  const api = useSuspenseQuery(apiQuery(id)).data;
  const keys = useKeys(api);
  const [values, setValues] = useState<Record<string, string>>(
    () => remembered(id) ?? emptyForm(batch.submit).values,
  );
  const [apiKey, setApiKey] = useState('');
  const asked = batch.submit.templateParameters;
  const job = jobParameter(batch);
  const headers: [string, string][] = apiKey ? [['Authorization', `Bearer ${apiKey}`]] : [];
  const call = (
    step: 'submit' | 'start' | 'status' | 'remove',
    jobId: string,
    key: string | null,
  ) =>
    callOf(
      api,
      batch[step],
      {
        values: { ...values, [job]: jobId },
        query: [],
        headers: step === 'submit' ? [['Content-Type', 'application/json'], ...headers] : headers,
        body: '',
      },
      key,
    );
  const put = (name: string, value: string) => {
    const next = { ...values, [name]: value };
    setValues(next);
    sessionStorage.setItem(`bramka-batch ${id}`, JSON.stringify(next));
  };
  const key = api.subscriptionRequired ? keys.key : null;
  const ready = asked.every(({ name, required }) => !required || values[name]) && key !== '';
  const home = `/apis/${encodeURIComponent(id)}`;
  const placeholder = api.subscriptionRequired ? PLACEHOLDER : null;
  const trail = [
    { to: '/apis', label: t('nav.apis') },
    { to: home, label: api.name },
  ];
  return (
    <Page
      title={t('batch.title')}
      lead={t('batch.lead', { name: api.name })}
      above={<Crumbs trail={trail} here={t('batch.title')} />}
    >
      <div className="dev-batch">
        <div>
          <section aria-labelledby="batch-service" className="dev-block">
            <Title order={2} id="batch-service" mb="xs">
              {t('batch.service')}
            </Title>
            {api.subscriptionRequired && <KeySelect api={api} keys={keys} />}
            {asked.map((one) => (
              <TextInput
                key={one.name}
                mt={8}
                label={one.name}
                description={one.description}
                required={one.required}
                value={values[one.name] ?? ''}
                onChange={(event) => put(one.name, event.currentTarget.value)}
              />
            ))}
            <PasswordInput
              mt={8}
              label={t('batch.apiKey')}
              description={t('batch.apiKeyHint')}
              autoComplete="off"
              value={apiKey}
              onChange={(event) => setApiKey(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('try.showKey') }}
            />
          </section>
          {!ready && (
            <Alert color="accent" mb="md">
              {t('batch.fillIn')}
            </Alert>
          )}
          <Steps
            api={id}
            ready={ready}
            call={(step, jobId, body = null) => ({ ...call(step, jobId, key), body })}
          />
        </div>
        <aside className="dev-samples" aria-label={t('operation.samples')}>
          <CodePanel
            label={t('operation.samples')}
            samples={batchSamples({
              submit: call('submit', '', placeholder),
              start: call('start', 'JOB_ID', placeholder).url,
              status: call('status', 'JOB_ID', placeholder).url,
            })}
          />
          <Text size="sm" c="dimmed" mt="xs">
            {t('batch.samplesHint')}
          </Text>
        </aside>
      </div>
    </Page>
  );
}

function remembered(id: string): Record<string, string> | null {
  try {
    return JSON.parse(sessionStorage.getItem(`bramka-batch ${id}`) ?? 'null');
  } catch {
    return null;
  }
}
