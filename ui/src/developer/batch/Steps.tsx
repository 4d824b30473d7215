import { Button, FileInput, Group, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { bytes } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Countdown } from './Countdown.tsx';
import { isOver, type Job, stateOf, submission, type Uploaded } from './job.ts';
import { Progressing } from './Progressing.tsx';
import { Results } from './Results.tsx';
import { upload } from './upload.ts';
import { type CallOf, type Step, useSending } from './useSending.ts';

type Props = {
  api: string;
  ready: boolean;
  call: CallOf;
};
type Kept = { uploaded: Uploaded | null; job: string; started: boolean };

const NOTHING: Kept = { uploaded: null, job: '', started: false };
const POLL = 1000;
const SLOWEST_POLL = 10_000;

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
  const { send, until } = useSending(api, call);
  const { uploaded, job, started } = kept;
  const over = status !== null && isOver(status);
  const watched = job && started && !over && ready ? job : '';
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!watched) return;
    let left = false;
    const look = async () => {
      const found = await send('status', watched).then(
        (told) => ({ told, refused: null }),
        (refused: unknown) => ({ told: null, refused }),
      );
      if (left) return;
      setError(found.refused);
      if (found.told) setStatus(found.told as Job);
      setTurn((before) => before + 1);
    };
    // A long job is asked for less and less often: each look is a call of the subscription.
    const timer = setTimeout(() => void look(), Math.min(POLL * 1.2 ** turn, SLOWEST_POLL));
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [watched, turn, send]);
  const start = () =>
    act('start', async () => {
      await send('start', job);
      setTurn(0);
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
      {until !== null && <Countdown until={until} />}
      <ol className="dev-steps">
        <li data-done={Boolean(uploaded || job) || undefined}>
          <Title order={2}>{t('batch.upload')}</Title>
          <Text size="sm" c="dimmed">
            {t('batch.uploadText')}
          </Text>
          <Group align="flex-end" mt="xs">
            <FileInput
              w={300}
              maw="100%"
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
                const made = await send('submit', '', submission(uploaded!));
                if (typeof made !== 'string' || !made) throw new Error(t('batch.noJob'));
                keep({ job: made });
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

function remembered(place: string): Kept {
  try {
    return (JSON.parse(sessionStorage.getItem(place) ?? 'null') as Kept | null) ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
