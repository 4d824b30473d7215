import { Button, FileButton, Group, Switch, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Download, FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Concern } from '../../base/Concern.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { keep } from '../parts/csv.ts';
import { refresh, useIsOwner, useMayWrite } from '../rest/management.ts';
import { type Difference, difference, exported, imported } from './archive.ts';
import { Changes } from './Changes.tsx';

/** Everything that is configured, as a folder of files: kept, compared, brought in. */
export function ConfigurationPage() {
  const { t } = useTranslation('publisher');
  const mayWrite = useMayWrite();
  return (
    <Page title={t('moving.title')} lead={t('moving.lead')}>
      <Export />
      {mayWrite && <Import />}
    </Page>
  );
}

function Export() {
  const { t } = useTranslation(['publisher', 'base']);
  const owner = useIsOwner();
  const confirm = useConfirm();
  const [secrets, setSecrets] = useState(false);
  const [busy, setBusy] = useState(false);
  const fetchIt = async () => {
    const sure =
      !secrets ||
      (await confirm({
        title: t('moving.secretsTitle'),
        body: t('moving.secretsBody'),
        action: t('base:download'),
        danger: true,
      }));
    if (!sure) return;
    setBusy(true);
    try {
      keep('configuration.zip', await exported(secrets));
      toast.done(t('moving.exported'));
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Concern title={t('moving.export')} lead={t('moving.exportText')}>
      {owner && (
        <Switch
          mb="sm"
          label={t('moving.secrets')}
          description={t('moving.secretsHelp')}
          checked={secrets}
          onChange={(event) => setSecrets(event.currentTarget.checked)}
        />
      )}
      <Button
        leftSection={<Download size={16} aria-hidden />}
        loading={busy}
        onClick={() => void fetchIt()}
      >
        {t('moving.download')}
      </Button>
    </Concern>
  );
}

function Import() {
  const { t } = useTranslation(['publisher', 'base']);
  const client = useQueryClient();
  const confirm = useConfirm();
  const [archive, setArchive] = useState<File | null>(null);
  const [found, setFound] = useState<Difference | null>(null);
  const [prune, setPrune] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const compare = (file: File | null) => {
    if (!file) return;
    setArchive(file);
    setFound(null);
    void act(async () => setFound(await difference(file)));
  };
  const gone = found?.changes.filter(({ kind }) => kind === 'gone').length ?? 0;
  const others = (found?.changes.length ?? 0) - gone;
  const startImport = async () => {
    const sure = await confirm({
      title: t('moving.sure'),
      body: prune && gone ? t('moving.surePrune', { count: gone }) : t('moving.sureBody'),
      action: t('moving.import'),
      danger: true,
    });
    if (!sure || !archive) return;
    await act(async () => {
      try {
        const { written, deleted } = await imported(archive, prune);
        toast.done(t('moving.imported', { written: written.length, deleted: deleted.length }));
      } finally {
        // Also what was refused halfway has changed something.
        await refresh(client);
        setFound(await difference(archive));
      }
    });
  };
  return (
    <Concern title={t('moving.import')} lead={t('moving.importText')}>
      <Group>
        <FileButton accept=".zip,application/zip" onChange={compare}>
          {(button) => (
            <Button
              {...button}
              variant="default"
              loading={busy}
              leftSection={<FileUp size={16} aria-hidden />}
            >
              {archive?.name ?? t('moving.choose')}
            </Button>
          )}
        </FileButton>
      </Group>
      <Refusal error={error} />
      {found && (
        <div role="status">
          <Text mt="md" mb="xs">
            {found.changes.length
              ? t('moving.differs', { count: found.changes.length })
              : t('moving.same')}
          </Text>
        </div>
      )}
      {found && found.changes.length > 0 && (
        <>
          {gone > 0 && (
            <Switch
              mb="sm"
              label={t('moving.prune')}
              description={t('moving.pruneHelp')}
              checked={prune}
              onChange={(event) => setPrune(event.currentTarget.checked)}
            />
          )}
          <Changes changes={found.changes} prune={prune} />
          <Button
            mt="md"
            loading={busy}
            disabled={!others && !prune}
            onClick={() => void startImport()}
          >
            {t('moving.import')}
          </Button>
        </>
      )}
    </Concern>
  );
}
