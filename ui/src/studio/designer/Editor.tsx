import { Alert, CloseButton } from '@mantine/core';
import { ReactFlowProvider } from '@xyflow/react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import type { Experiment, Fault } from '../data/types.ts';
import { Bar } from './Bar.tsx';
import { CanvasView } from './CanvasView.tsx';
import { ExperimentPane } from './ExperimentPane.tsx';
import { ItemPane } from './ItemPane.tsx';
import { Palette } from './Palette.tsx';
import { Progressing } from './Progressing.tsx';
import { useEditor } from './useEditor.ts';
import { useKeys } from './useKeys.ts';
import { useShelf } from './useShelf.ts';

const Visualized = lazy(async () => ({
  default: (await import('./Visualized.tsx')).Visualized,
}));

type Props = {
  experiment: Experiment;
  onMoved: (id: string) => void;
};
export type Looked = { node: string; port: string };

/** Palette, canvas and properties of one experiment. */
export function Editor(props: Props) {
  return (
    <ReactFlowProvider>
      <Inside {...props} />
    </ReactFlowProvider>
  );
}

function Inside({ experiment, onMoved }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const [search, setSearch] = useState('');
  const { shelf, offer } = useShelf(experiment, search);
  const editor = useEditor(experiment, shelf, onMoved);
  const { held, selected, locked, ran } = editor;
  const [looked, look] = useState<Looked | null>(null);
  const [side, setSide] = useState<'palette' | 'pane' | null>(null);
  const keys = useKeys(editor);
  const faults = useMemo(() => {
    const found = new Map<string, Fault[]>();
    for (const fault of editor.faults)
      found.set(fault.NodeId, [...(found.get(fault.NodeId) ?? []), fault]);
    return found;
  }, [editor.faults]);
  const modules = useMemo(() => [...shelf.modules.values()], [shelf]);
  const [only] = selected.size === 1 ? selected : [];
  const item = held.canvas.items.find(({ id }) => id === only);
  const open = (id: string) => {
    const found = held.canvas.items.find((each) => each.id === id);
    const port = editor.nodes.get(id)?.Outputs[0]?.Name;
    if (found?.kind === 'saved' || port) look({ node: id, port: port ?? '' });
  };
  return (
    <Page title={held.name} bare>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: short cuts for what has buttons too */}
      <div className="st-designer" data-side={side ?? undefined} onKeyDown={keys}>
        <h1 className="app-hidden">{held.name}</h1>
        <Bar editor={editor} side={side} onSide={setSide} />
        <Progressing editor={editor} />
        <Refusal error={editor.draft.error ?? editor.refusal} />
        {editor.readOnly && (
          <Alert color="accent" p="xs" role="note">
            {t(editor.mayEdit ? 'designer.earlier' : 'designer.viewer')}
          </Alert>
        )}
        <div className="st-desk">
          <Palette
            modules={modules}
            offer={offer}
            search={search}
            onSearch={setSearch}
            onAdd={(dragged) => {
              editor.add(dragged);
              setSide(null);
            }}
          />
          <div className="st-board">
            <CanvasView
              canvas={held.canvas}
              shelf={shelf}
              nodes={editor.nodes}
              faults={faults}
              locked={locked}
              selected={selected}
              onSelect={editor.select}
              onMove={editor.move}
              onConnect={editor.connect}
              onDelete={editor.remove}
              onDrop={editor.add}
              onRefused={editor.refused}
              onOpen={open}
            />
            {held.canvas.items.length === 0 && (
              <p className="st-teach">{t(locked ? 'canvas.nothing' : 'canvas.empty')}</p>
            )}
            <div className="st-notice" role="status" aria-live="assertive">
              {editor.notice && (
                <Alert
                  color="danger"
                  p="xs"
                  withCloseButton={false}
                  title={
                    <>
                      {editor.notice}
                      <CloseButton
                        size="sm"
                        ml="xs"
                        aria-label={t('base:close')}
                        onClick={() => editor.setNotice('')}
                      />
                    </>
                  }
                />
              )}
            </div>
          </div>
          <aside className="st-pane" aria-label={t('designer.properties')}>
            {item ? (
              <ItemPane key={item.id} item={item} editor={editor} onLook={look} />
            ) : (
              <ExperimentPane editor={editor} />
            )}
          </aside>
        </div>
      </div>
      {looked && (
        <Suspense>
          <Visualized
            looked={looked}
            editor={editor}
            experiment={ran?.id ?? ''}
            onClose={() => look(null)}
          />
        </Suspense>
      )}
    </Page>
  );
}
