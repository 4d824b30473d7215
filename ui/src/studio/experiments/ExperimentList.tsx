import { ActionIcon, Anchor, Button, Menu, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Copy, EllipsisVertical, History, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { post, remove } from '../../api/client.ts';
import { breakable } from '../../base/breakable.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { isoOf } from '../data/moment.ts';
import { pageQuery, useBase, useForget, useMayEdit } from '../data/queries.ts';
import type { ExperimentEntry } from '../data/types.ts';
import { StateBadge } from '../parts/state.tsx';
import { Thumbnail } from './Thumbnail.tsx';

/** Every experiment by its newest snapshot. */
export function ExperimentList() {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const table = useTable();
  const edits = useMayEdit();
  const { data, error, isPending } = useQuery(
    pageQuery<ExperimentEntry>('experiments', `${api}/experiments`, table),
  );
  const blank = edits && <NewExperiment />;
  return (
    <Page title={t('nav.experiments')} lead={t('experiments.lead')} actions={blank}>
      <DataTable
        label={t('nav.experiments')}
        table={table}
        rows={data?.Value}
        count={data?.Count}
        loading={isPending}
        error={error}
        searchable
        rowKey={(row) => row.ExperimentId}
        empty={<Empty text={t('experiments.empty')} action={blank} />}
        columns={[
          {
            key: 'picture',
            title: t('experiments.graph'),
            hidden: true,
            width: 110,
            cell: (row) => <Thumbnail id={row.ExperimentId} etag={row.Etag} />,
          },
          {
            key: 'name',
            title: t('base:name'),
            sortable: true,
            cell: (row) => (
              <div>
                <Anchor component={Link} fw={550} href={`/experiments/${row.ExperimentId}`}>
                  {row.Description}
                </Anchor>
                {row.Summary && (
                  <Text size="xs" c="dimmed" lineClamp={2} maw={460}>
                    {row.Summary}
                  </Text>
                )}
              </div>
            ),
          },
          {
            key: 'state',
            title: t('experiments.state'),
            sortable: true,
            cell: (row) => <StateBadge state={row.Status.StatusCode} />,
          },
          {
            key: 'author',
            title: t('experiments.author'),
            sortable: true,
            cell: (row) => breakable(row.Creator),
          },
          {
            key: 'changed',
            title: t('experiments.changed'),
            sortable: true,
            cell: (row) => dateTime(isoOf(row.ChangedTime)),
          },
          {
            key: 'actions',
            title: t('base:more'),
            hidden: true,
            cell: (row) => <Actions row={row} edits={edits} />,
          },
        ]}
      />
    </Page>
  );
}

function NewExperiment() {
  const { t } = useTranslation('studio');
  const { api } = useBase();
  const [, go] = useLocation();
  const forget = useForget();
  const [making, setMaking] = useState(false);
  const make = async () => {
    setMaking(true);
    try {
      const made = await post<ExperimentEntry>(`${api}/experiments`, {
        Description: t('experiments.untitled', { date: dateTime(new Date().toISOString()) }),
        IsDraft: true,
        Graph: { ModuleNodes: [], EdgesInternal: [] },
      });
      await forget('experiments');
      go(`/experiments/${made.ExperimentId}`);
    } catch (error) {
      toast.failed(error);
      setMaking(false);
    }
  };
  return (
    <Button
      leftSection={<Plus size={16} aria-hidden />}
      loading={making}
      onClick={() => void make()}
    >
      {t('experiments.blank')}
    </Button>
  );
}

function Actions({ row, edits }: { row: ExperimentEntry; edits: boolean }) {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const [, go] = useLocation();
  const confirm = useConfirm();
  const forget = useForget();
  const copy = async () => {
    try {
      const made = await post<ExperimentEntry>(`${api}/experiments`, {
        Description: t('experiments.copyOf', { name: row.Description }),
        ParentExperimentId: row.ExperimentId,
        IsDraft: true,
      });
      await forget('experiments');
      go(`/experiments/${made.ExperimentId}`);
    } catch (error) {
      toast.failed(error);
    }
  };
  const forgetOne = async () => {
    const sure = await confirm({
      title: t('remove.title', { name: row.Description }),
      body: t('experiments.removeBody'),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await remove(`${api}/experiments/${row.ExperimentId}?deleteAncestors=true`);
      await forget('experiments');
      toast.done(t('remove.done', { name: row.Description }));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${t('base:more')}: ${row.Description}`}
        >
          <EllipsisVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<History size={15} aria-hidden />}
          onClick={() => go(`/experiments/${row.ExperimentId}/history`)}
        >
          {t('history.title')}
        </Menu.Item>
        {edits && (
          <>
            <Menu.Item leftSection={<Copy size={15} aria-hidden />} onClick={() => void copy()}>
              {t('experiments.copy')}
            </Menu.Item>
            <Menu.Item
              color="danger"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => void forgetOne()}
            >
              {t('base:delete')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
