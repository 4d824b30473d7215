import { Alert, CloseButton } from '@mantine/core';
import { ReactFlowProvider } from '@xyflow/react';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import type { Experiment, Fault } from '../data/types.ts';
import { Bar } from './Bar.tsx';
import { CanvasView } from './CanvasView.tsx';
import { ExperimentPane } from './ExperimentPane.tsx';
import { ItemPane } from './ItemPane.tsx';
import { type Called, NodeMenu } from './NodeMenu.tsx';
import { Palette } from './Palette.tsx';
import { Progressing } from './Progressing.tsx';
import { type Asked, QuickAdd } from './QuickAdd.tsx';
import { Teach } from './Teach.tsx';
import { Troubles } from './Troubles.tsx';
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
  const [called, call] = useState<Called | null>(null);
  const [side, setSide] = useState<'palette' | 'pane' | null>(null);
  const [asked, ask] = useState<Asked | null>(null);
  const keys = useKeys(editor);
  const faults = useMemo(() => {
    const found = new Map<string, Fault[]>();
    for (const fault of editor.faults)
      found.set(fault.NodeId, [...(found.get(fault.NodeId) ?? []), fault]);
    return found;
  }, [editor.faults]);
  // Whoever deletes the box in focus stays on the canvas: keys go on working.
  const count = held.canvas.items.length;
  const before = useRef(count);
  useEffect(() => {
    const gone = count < before.current;
    before.current = count;
    if (!gone) return;
    // The canvas takes the box away a moment later than the list of boxes.
    const timer = setTimeout(() => {
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>('.st-canvas')?.focus({ preventScroll: true });
    }, 60);
    return () => clearTimeout(timer);
  }, [count]);
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
        <Troubles editor={editor} />
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
              onDrop={(dragged, place, onto) => editor.add(dragged, place, undefined, onto)}
              onRefused={editor.refused}
              onOpen={open}
              onMenu={call}
              onAsk={ask}
            />
            {held.canvas.items.length === 0 && (
              <Teach locked={locked} onOpen={() => setSide('palette')} />
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
          <aside className="st-pane" tabIndex={-1} aria-label={t('designer.properties')}>
            {item ? (
              <ItemPane key={item.id} item={item} editor={editor} onLook={look} />
            ) : (
              <ExperimentPane editor={editor} />
            )}
          </aside>
        </div>
      </div>
      <NodeMenu called={called} editor={editor} onLook={look} onClose={() => call(null)} />
      {asked && <QuickAdd asked={asked} editor={editor} offer={offer} onClose={() => ask(null)} />}
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
