import type { KeyboardEvent } from 'react';
import type { Editor } from './useEditor.ts';

const TEXT = 'input, textarea, select, [contenteditable="true"], [role="dialog"]';

/** Ctrl+Z, Ctrl+Y, Ctrl+C, Ctrl+V, Ctrl+A and Esc on the canvas. */
export function useKeys(editor: Editor) {
  return (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest(TEXT)) return;
    if (event.key === 'Escape') return editor.select(new Set());
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    const act =
      key === 'z' && !event.shiftKey
        ? editor.past.undo
        : key === 'y' || key === 'z'
          ? editor.past.redo
          : key === 'c'
            ? editor.copy
            : key === 'v'
              ? editor.paste
              : key === 'a'
                ? () => editor.select(new Set(editor.held.canvas.items.map(({ id }) => id)))
                : null;
    if (!act) return;
    // Copying a marked text stays what it is.
    if (key === 'c' && window.getSelection()?.toString()) return;
    if (editor.locked && key !== 'c' && key !== 'a') return;
    event.preventDefault();
    act();
  };
}
