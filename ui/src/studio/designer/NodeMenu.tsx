import { Menu } from '@mantine/core';
import { Copy, Eye, MessageSquare, Play, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ONLY } from './canvas.ts';
import type { Looked } from './Editor.tsx';
import type { Editor } from './useEditor.ts';

export type Called = { id: string; x: number; y: number };
type Props = {
  called: Called | null;
  editor: Editor;
  onLook: (looked: Looked) => void;
  onClose: () => void;
};

/** What one can do with a thing on the canvas, where it was clicked. */
export function NodeMenu({ called, editor, onLook, onClose }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { held, nodes, shelf, locked } = editor;
  const item = held.canvas.items.find(({ id }) => id === called?.id);
  if (!called || !item) return null;
  const table = item.kind === 'saved' && shelf.saved.get(item.of)?.RowCount != null;
  const outputs = nodes.get(item.id)?.Outputs.map(({ Name }) => Name) ?? (table ? [ONLY] : []);
  const close = () => {
    onClose();
    focusNode(item.id);
  };
  return (
    <Menu opened onClose={close} position="bottom-start" offset={2} returnFocus={false}>
      <Menu.Target>
        <span aria-hidden className="st-called" style={{ left: called.x, top: called.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {outputs.map((port) => (
          <Menu.Item
            key={port}
            leftSection={<Eye size={15} aria-hidden />}
            onClick={() => onLook({ node: item.id, port })}
          >
            {t('visualize.action')}
            {outputs.length > 1 && `: ${shelf.tell.of('ports', port)}`}
          </Menu.Item>
        ))}
        {item.kind === 'module' && !locked && (
          <>
            <Menu.Item
              leftSection={<Play size={15} aria-hidden />}
              onClick={() => void editor.run([item.id])}
            >
              {t('designer.runSelected')}
            </Menu.Item>
            <Menu.Item
              leftSection={<MessageSquare size={15} aria-hidden />}
              onClick={() => requestAnimationFrame(focusComment)}
            >
              {t('designer.comment')}
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<Copy size={15} aria-hidden />} onClick={editor.copy}>
          {t('base:copy')}
        </Menu.Item>
        {!locked && (
          <Menu.Item
            color="danger"
            leftSection={<Trash2 size={15} aria-hidden />}
            onClick={() => editor.remove(new Set([item.id]), new Set())}
          >
            {t('base:delete')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Back to the box, or to the canvas when it is gone. */
function focusNode(id: string): void {
  const node = `.react-flow__node[data-id="${CSS.escape(id)}"]`;
  const place = document.querySelector<HTMLElement>(node);
  (place ?? document.querySelector<HTMLElement>('.st-canvas'))?.focus({ preventScroll: true });
}

function focusComment(): void {
  document.querySelector<HTMLElement>('.st-pane .st-comment textarea')?.focus();
}
