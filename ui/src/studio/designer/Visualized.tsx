import { Anchor, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Loading } from '../../base/Loading.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { datasetQuery } from '../data/queries.ts';
import { useReturnFocus } from '../parts/useReturnFocus.ts';
import { OutputView } from '../visualize/OutputView.tsx';
import { outputPath, outputQuery } from '../visualize/output.ts';
import { TableView } from '../visualize/TableView.tsx';
import type { Looked } from './Editor.tsx';
import { nameOf } from './ports.ts';
import type { Editor } from './useEditor.ts';

type Props = { looked: Looked; editor: Editor; experiment: string; onClose: () => void };

/** Visualize, over the canvas. */
export function Visualized({ looked, editor, experiment, onClose }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  useReturnFocus();
  const { api, shelf, held } = editor;
  const item = held.canvas.items.find(({ id }) => id === looked.node);
  const saved = item?.kind === 'saved' ? shelf.saved.get(item.of) : undefined;
  const { data, error } = useQuery({
    ...outputQuery(api, experiment, looked.node, looked.port),
    enabled: !saved && Boolean(experiment),
  });
  const dataset = useQuery({
    ...datasetQuery(api, saved?.Id ?? ''),
    enabled: saved !== undefined,
  });
  const name = item ? nameOf(item, shelf) : looked.node;
  const title = saved ? name : `${name}: ${shelf.tell.of('ports', looked.port)}`;
  const page = saved
    ? `/datasets/${encodeURIComponent(saved.Id)}`
    : `/experiments/${experiment}/outputs/${encodeURIComponent(looked.node)}/${encodeURIComponent(looked.port)}`;
  return (
    <Modal
      opened
      onClose={onClose}
      size="min(1200px, 96vw)"
      title={title}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Anchor component={Link} href={page} size="sm">
        {t('visualize.ownPage')}
      </Anchor>
      <Refusal error={error ?? dataset.error} />
      {saved && dataset.data ? (
        <TableView
          path={`${api}/datasources/${encodeURIComponent(saved.Id)}`}
          columns={dataset.data.Columns}
          label={title}
        />
      ) : data ? (
        <OutputView
          path={outputPath(api, experiment, looked.node, looked.port)}
          facts={data}
          label={title}
        />
      ) : (
        !error && !dataset.error && <Loading />
      )}
    </Modal>
  );
}
