import type { KeyboardEvent } from 'react';
import type { Editor } from './useEditor.ts';

const REGIONS = '.st-palette, .react-flow, .st-pane';
const DIALOG = '[role="dialog"]';
const TEXT = 'input, textarea, select, [contenteditable="true"], [role="dialog"]';

/** F6 and Ctrl+Enter everywhere; Ctrl+Z, Ctrl+Y, Ctrl+C, Ctrl+X, Ctrl+V, Ctrl+A and Esc on the canvas. */
export function useKeys(editor: Editor) {
  return (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key === 'F6') {
      event.preventDefault();
      return turn(event.currentTarget as HTMLElement, target, event.shiftKey ? -1 : 1);
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
      event.preventDefault();
      const modules = editor.held.canvas.items.some(({ kind }) => kind === 'module');
      if (modules && !editor.locked && !target.closest(DIALOG)) void editor.run();
      return;
    }
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
            : key === 'x'
              ? () => cut(editor, event.currentTarget as HTMLElement)
              : key === 'v'
                ? editor.paste
                : key === 'a'
                  ? () => editor.select(new Set(editor.held.canvas.items.map(({ id }) => id)))
                  : null;
    if (!act) return;
    // Copying a marked text stays what it is; what was marked in a field does not count.
    if ((key === 'c' || key === 'x') && window.getSelection()?.isCollapsed === false) return;
    if (editor.locked && key !== 'c' && key !== 'a') return;
    event.preventDefault();
    act();
  };
}

function cut(editor: Editor, whole: HTMLElement): void {
  editor.copy();
  // The box that has the focus goes: keys after it are for the canvas still.
  whole.querySelector<HTMLElement>('.react-flow')?.focus();
  editor.remove(new Set(editor.selected), new Set());
}

/** To the next part of the page: a canvas of hundreds is not walked through by Tab. */
function turn(whole: HTMLElement, from: HTMLElement, step: number): void {
  const shown = [...whole.querySelectorAll<HTMLElement>(REGIONS)].filter(
    (region) => region.offsetParent !== null,
  );
  const at = shown.findIndex((region) => region.contains(from));
  const next = shown[(at + (at < 0 && step < 0 ? 0 : step) + shown.length) % shown.length];
  const chosen = next?.querySelector<HTMLElement>('.react-flow__node.selected');
  (chosen ?? next)?.focus();
}
