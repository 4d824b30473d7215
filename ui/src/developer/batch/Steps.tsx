import { Button, FileInput, Group, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { bytes } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import type { Call } from '../../snippets/model.ts';
import { type Answer, sendCall, textOf } from '../operation/send.ts';
import { isOver, type Job, stateOf, submission, type Uploaded } from './job.ts';
import { Progressing } from './Progressing.tsx';
import { Results } from './Results.tsx';
import { upload } from './upload.ts';

type Step = 'submit' | 'start' | 'status' | 'remove';
type Props = {
  api: string;
  ready: boolean;
  call: (step: Step, job: string, body?: string | null) => Call;
};
type Kept = { uploaded: Uploaded | null; job: string; started: boolean };

const NOTHING: Kept = { uploaded: null, job: '', started: false };
const POLL = 1000;

/** Upload, submit, start, watch, download, delete; a reload finds the job again. */
export function Steps({ api, ready, call }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const confirm = useConfirm();
  const place = `bramka-job ${api}`;
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [kept, setKept] = useState<Kept>(() => remembered(place));
  const [status, setStatus] = useState<Job | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<Step | 'upload' | null>(null);
  const keep = (part: Partial<Kept>) =>
    setKept((before) => {
      const after = { ...before, ...part };
      // The address of the input holds a secret, so it is not kept beyond this page.
      sessionStorage.setItem(place, JSON.stringify({ ...after, uploaded: null }));
      return after;
    });
  const act = async (step: Step | 'upload', does: () => Promise<void>) => {
    setBusy(step);
    setError(null);
    try {
      await does();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(null);
      setSent(null);
    }
  };
  const send = async (step: Step, job: string, body: string | null = null) =>
    told(await sendCall(call(step, job, body), api));
  const { uploaded, job, started } = kept;
  const over = status !== null && isOver(status);
  useEffect(() => {
    if (!job || !started || over || !ready) return;
    const timer = setTimeout(async () => {
      try {
        setStatus((await send('status', job)) as Job);
        setError(null);
      } catch (refused) {
        setError(refused);
        setStatus((before) => (before ? { ...before } : null));
      }
    }, POLL);
    return () => clearTimeout(timer);
  });
  const start = () =>
    act('start', async () => {
      await send('start', job);
      keep({ started: true });
    });
  const remove = async () => {
    const sure = await confirm({
      title: t('batch.deleteTitle', { job }),
      body: t('batch.deleteBody'),
      action: t('batch.delete'),
      danger: true,
    });
    if (!sure) return;
    await act('remove', async () => {
      await send('remove', job);
      keep(NOTHING);
      setStatus(null);
      setFile(null);
      toast.done(t('batch.deleted'));
    });
  };
  return (
    <>
      <Refusal error={error} />
      <ol className="dev-steps">
        <li data-done={Boolean(uploaded || job) || undefined}>
          <Title order={2}>{t('batch.upload')}</Title>
          <Text size="sm" c="dimmed">
            {t('batch.uploadText')}
          </Text>
          <Group align="flex-end" mt="xs">
            <FileInput
              w={300}
              label={t('batch.file')}
              placeholder={t('batch.choose')}
              accept=".csv,.tsv,.arff,.txt,text/csv"
              value={file}
              onChange={setFile}
              disabled={Boolean(job)}
            />
            <Button
              disabled={!file || Boolean(job)}
              loading={busy === 'upload'}
              onClick={() =>
                void act('upload', async () => {
                  keep({ uploaded: await upload(file!, setSent) });
                })
              }
            >
              {t('batch.upload')}
            </Button>
          </Group>
          {sent !== null && <Progressing share={sent} label={t('batch.uploading')} />}
          {uploaded && (
            <Text size="sm" role="status">
              {t('batch.uploaded', { size: bytes(uploaded.size) })}
            </Text>
          )}
        </li>
        <li data-done={Boolean(job) || undefined}>
          <Title order={2}>{t('batch.submit')}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t('batch.submitText')}
          </Text>
          <Button
            disabled={!uploaded || Boolean(job) || !ready}
            loading={busy === 'submit'}
            onClick={() =>
              void act('submit', async () => {
                keep({ job: String(await send('submit', '', submission(uploaded!))) });
              })
            }
          >
            {t('batch.submit')}
          </Button>
          {job && (
            <Text size="sm" role="status" mt={4}>
              {t('batch.job')} <code className="app-code">{job}</code>
            </Text>
          )}
        </li>
        <li data-done={started || undefined}>
          <Title order={2}>{t('batch.start')}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t('batch.startText')}
          </Text>
          <Button
            disabled={!job || started || !ready}
            loading={busy === 'start'}
            onClick={() => void start()}
          >
            {t('batch.start')}
          </Button>
        </li>
        <li data-done={over || undefined}>
          <Title order={2}>{t('batch.watch')}</Title>
          {started && status ? (
            <Progressing job={status} label={t('batch.watch')} />
          ) : (
            <Text size="sm" c="dimmed">
              {t('batch.watchText')}
            </Text>
          )}
        </li>
        <li data-done={over || undefined}>
          <Title order={2}>{t('batch.download')}</Title>
          {status && stateOf(status) === 'Finished' ? (
            <Results job={status} />
          ) : (
            <Text size="sm" c="dimmed">
              {t('batch.downloadText')}
            </Text>
          )}
        </li>
        <li>
          <Title order={2}>{t('batch.delete')}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t('batch.deleteText')}
          </Text>
          <Button
            color="danger"
            variant="outline"
            disabled={!job || !ready}
            loading={busy === 'remove'}
            onClick={() => void remove()}
          >
            {t('batch.delete')}
          </Button>
        </li>
      </ol>
    </>
  );
}

/** What the answer says; a refusal becomes an error with the service's own words. */
function told(answer: Answer): unknown {
  const text = textOf(answer) ?? '';
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = text;
  }
  if (answer.status < 300) return body;
  const problem = body as { error?: { code?: string; message?: string }; message?: string } | null;
  throw new ApiError(answer.status, {
    code: `Answer${answer.status}`,
    message: `${answer.status} ${answer.reason}: ${problem?.error?.message ?? problem?.message ?? text}`,
  });
}

function remembered(place: string): Kept {
  try {
    return (JSON.parse(sessionStorage.getItem(place) ?? 'null') as Kept | null) ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
