import { ActionIcon, Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Download, Trash2, Upload } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { remove } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { bytes, dateTime, number } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { isoOf } from '../data/moment.ts';
import { pageQuery, useBase, useForget, useMayEdit } from '../data/queries.ts';
import type { Saved, SavedKind } from '../data/types.ts';
import { UploadForm } from './UploadForm.tsx';

const KINDS: SavedKind[] = ['datasources', 'trainedmodels', 'transformmodules'];

/** What the workspace keeps: datasets, trained models, transforms. */
export function DatasetList() {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const table = useTable();
  const edits = useMayEdit();
  const confirm = useConfirm();
  const forget = useForget();
  const [uploading, { open, close }] = useDisclosure(false);
  const kind = (table.value('kind') || 'datasources') as SavedKind;
  const saved = useQuery(pageQuery<Saved>('saved', `${api}/${kind}`, table));
  const forgetOne = async (row: Saved) => {
    const sure = await confirm({
      title: t('remove.title', { name: row.Name }),
      body: t('datasets.removeBody'),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await remove(`${api}/${kind}/family/${row.FamilyId}`);
      await forget('saved');
      toast.done(t('remove.done', { name: row.Name }));
    } catch (error) {
      toast.failed(error);
    }
  };
  const upload = edits && (
    <Button leftSection={<Upload size={16} aria-hidden />} onClick={open}>
      {t('datasets.upload')}
    </Button>
  );
  return (
    <Page title={t('nav.datasets')} lead={t('datasets.lead')} actions={upload}>
      <UploadForm opened={uploading} onClose={close} />
      <DataTable
        label={t('nav.datasets')}
        table={table}
        rows={saved.data?.Value}
        count={saved.data?.Count}
        loading={saved.isPending}
        error={saved.error}
        searchable
        rowKey={(row) => row.Id}
        tools={
          <SegmentedControl
            size="xs"
            aria-label={t('datasets.kind')}
            data={KINDS.map((each) => ({ value: each, label: t(`datasets.kinds.${each}`) }))}
            value={kind}
            onChange={(chosen) => table.set({ kind: chosen === 'datasources' ? null : chosen })}
          />
        }
        empty={
          <Empty text={t(`datasets.empty.${kind}`)} action={kind === 'datasources' && upload} />
        }
        columns={[
          {
            key: 'name',
            title: t('base:name'),
            sortable: true,
            cell: (row) => (
              <div>
                {kind === 'datasources' ? (
                  <Anchor
                    component={Link}
                    fw={550}
                    href={`/datasets/${encodeURIComponent(row.Id)}`}
                  >
                    {row.Name}
                  </Anchor>
                ) : (
                  <Text fw={550}>{row.Name}</Text>
                )}
                {row.Description && (
                  <Text size="xs" c="dimmed" lineClamp={1} maw={420}>
                    {row.Description}
                  </Text>
                )}
              </div>
            ),
          },
          {
            key: 'rows',
            title: t('datasets.rows'),
            sortable: true,
            numeric: true,
            cell: (row) => (row.RowCount === null ? '–' : number(row.RowCount)),
          },
          {
            key: 'columns',
            title: t('datasets.columns'),
            numeric: true,
            cell: (row) => (row.RowCount === null ? '–' : number(row.ColumnCount)),
          },
          {
            key: 'size',
            title: t('datasets.size'),
            sortable: true,
            numeric: true,
            cell: (row) => <span className="st-whole">{bytes(row.Size)}</span>,
          },
          {
            key: 'created',
            title: t('datasets.created'),
            sortable: true,
            cell: (row) => dateTime(isoOf(row.CreatedDate)),
          },
          {
            key: 'actions',
            title: t('base:more'),
            hidden: true,
            cell: (row) => (
              <Group gap={2} wrap="nowrap" justify="flex-end">
                <ActionIcon
                  component="a"
                  href={`${api}/${kind}/${encodeURIComponent(row.Id)}/file`}
                  download
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('base:download')}: ${row.Name}`}
                >
                  <Download size={16} aria-hidden />
                </ActionIcon>
                {edits && (
                  <ActionIcon
                    variant="subtle"
                    color="danger"
                    aria-label={`${t('base:delete')}: ${row.Name}`}
                    onClick={() => void forgetOne(row)}
                  >
                    <Trash2 size={16} aria-hidden />
                  </ActionIcon>
                )}
              </Group>
            ),
          },
        ]}
      />
    </Page>
  );
}
