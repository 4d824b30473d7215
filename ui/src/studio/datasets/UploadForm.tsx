import {
  Button,
  FileInput,
  Group,
  Modal,
  Progress,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { Pause, Play, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { bytes, percent } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useBase, useForget } from '../data/queries.ts';
import { begunBy } from './begun.ts';
import { isTaken, typeOfFile, UPLOAD_TYPES, type UploadType, uploadFile } from './upload.ts';

/** Asks for a file and what it is, and shows how far it has come. */
export function UploadForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['studio', 'base']);
  // A key pressed by chance does not throw away what has been sent: Cancel does.
  const [sending, setSending] = useState(false);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={!sending}
      withCloseButton={!sending}
      title={t('datasets.upload')}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Fields onClose={onClose} onSending={setSending} />
    </Modal>
  );
}

type FieldsProps = { onClose: () => void; onSending: (sending: boolean) => void };

function Fields({ onClose, onSending }: FieldsProps) {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const [, go] = useLocation();
  const forget = useForget();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [type, setType] = useState<UploadType>('GenericCSV');
  const [description, setDescription] = useState('');
  const [taken, setTaken] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [paused, setPaused] = useState(false);
  const going = useRef<() => void>(() => undefined);
  const halt = useRef<Promise<void> | null>(null);
  const ending = useRef<AbortController | null>(null);
  const busy = sent !== null;
  useEffect(() => {
    onSending(busy);
    if (!busy) return;
    const leave = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', leave);
    return () => window.removeEventListener('beforeunload', leave);
  }, [busy, onSending]);
  useEffect(() => () => ending.current?.abort(), []);
  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (!chosen) return;
    setType(typeOfFile(chosen.name));
    setName((before) => before || chosen.name);
  };
  const resume = () => {
    setPaused(false);
    halt.current = null;
    going.current();
  };
  const pause = () => {
    setPaused(true);
    halt.current = new Promise((go) => {
      going.current = go;
    });
  };
  const start = async () => {
    if (!file) return;
    resume();
    setError(null);
    setTaken(false);
    setSent(0);
    ending.current = new AbortController();
    try {
      const wanted = { name: name.trim(), type, description };
      // Told before a large file is on its way, not after.
      if (await isTaken(api, wanted.name, ending.current.signal)) {
        setTaken(true);
        setSent(null);
        return;
      }
      const id = await uploadFile(api, file, wanted, {
        tell: setSent,
        turn: () => halt.current ?? Promise.resolve(),
        signal: ending.current.signal,
      });
      await forget('saved');
      toast.done(t('datasets.uploaded', { name: wanted.name }));
      go(`/datasets/${encodeURIComponent(id)}`);
    } catch (caught) {
      if (!(caught instanceof DOMException && caught.name === 'AbortError')) setError(caught);
      setSent(null);
    }
  };
  const whole = file !== null && sent !== null && sent >= file.size;
  return (
    <Stack gap="sm" className={busy ? 'st-still' : undefined}>
      <FileInput
        label={t('datasets.file')}
        placeholder={t('datasets.choose')}
        withAsterisk
        accept=".csv,.tsv,.txt,.parquet,.arff,.svmlight,.zip"
        value={file}
        disabled={busy}
        onChange={choose}
      />
      <TextInput
        label={t('base:name')}
        withAsterisk
        value={name}
        error={taken && t('datasets.taken')}
        disabled={busy}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setTaken(false);
        }}
      />
      <Select
        label={t('datasets.type')}
        data={UPLOAD_TYPES.map((each) => ({ value: each, label: t(`datasets.types.${each}`) }))}
        allowDeselect={false}
        value={type}
        disabled={busy}
        onChange={(chosen) => chosen && setType(chosen as UploadType)}
      />
      <TextInput
        label={t('datasets.description')}
        value={description}
        disabled={busy}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {file && sent === null && begunBy(file, type) && (
        <Text size="sm" c="dimmed" role="note">
          {t('datasets.begun')}
        </Text>
      )}
      {file && sent !== null && (
        <div role="status" aria-live="polite">
          <Progress
            value={whole ? 100 : (100 * sent) / Math.max(1, file.size)}
            animated={whole}
            aria-label={t('datasets.progress')}
          />
          <Text size="sm" mt={4}>
            {whole
              ? t('datasets.reading')
              : `${bytes(sent)} / ${bytes(file.size)} · ${percent(sent / Math.max(1, file.size))}`}
            {paused && !whole && ` · ${t('datasets.paused')}`}
          </Text>
        </div>
      )}
      <Refusal error={error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          onClick={() => {
            ending.current?.abort();
            resume();
            if (!busy) onClose();
          }}
        >
          {t('base:cancel')}
        </Button>
        {busy && !whole && (
          <Button
            variant={paused ? 'filled' : 'default'}
            leftSection={paused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
            onClick={paused ? resume : pause}
          >
            {t(paused ? 'datasets.resume' : 'datasets.pause')}
          </Button>
        )}
        {(!busy || whole) && (
          <Button
            leftSection={<Upload size={16} aria-hidden />}
            disabled={!file || !name.trim()}
            loading={busy}
            onClick={() => void start()}
          >
            {t('datasets.start')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
