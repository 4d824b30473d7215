import { type KeyboardEvent as Pressed, useEffect, useRef } from 'react';
import type { Editor } from './useEditor.ts';

const REGIONS = '.st-palette, .react-flow, .st-pane';
const DIALOG = '[role="dialog"]';
const TEXT = 'input, textarea, select, [contenteditable="true"], [role="dialog"]';

/** F6 and Ctrl+Enter everywhere; Ctrl+Z, Ctrl+Y, Ctrl+C, Ctrl+X, Ctrl+V, Ctrl+A and Esc on the canvas. */
export function useKeys(editor: Editor): (event: Pressed) => void {
  const latest = useRef(editor);
  latest.current = editor;
  useEffect(() => {
    // Nothing has the focus on a page just opened: its keys are meant for the canvas.
    const pressed = (event: KeyboardEvent) => {
      const whole = document.querySelector<HTMLElement>('.st-designer');
      if (whole && event.target === document.body && !document.querySelector(DIALOG))
        act(latest.current, event, whole);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  return ({ nativeEvent, currentTarget }) => act(editor, nativeEvent, currentTarget as HTMLElement);
}

function act(editor: Editor, event: KeyboardEvent, whole: HTMLElement): void {
  const target = event.target as HTMLElement;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === 'F6') {
    event.preventDefault();
    turn(whole, target, event.shiftKey ? -1 : 1);
    return;
  }
  if (event.key === 'Enter' && control && !event.defaultPrevented) {
    event.preventDefault();
    const modules = editor.held.canvas.items.some(({ kind }) => kind === 'module');
    if (modules && !editor.locked && !target.closest(DIALOG)) void editor.run();
    return;
  }
  if (target.closest(TEXT)) return;
  if (event.key === 'Escape') leave(editor, whole);
  const key = event.key.toLowerCase();
  const wanted = control ? wayOf(editor, key, event.shiftKey, whole) : null;
  if (!wanted) return;
  // Copying a marked text stays what it is; what was marked in a field does not count.
  if ((key === 'c' || key === 'x') && window.getSelection()?.isCollapsed === false) return;
  if (editor.locked && key !== 'c' && key !== 'a') return;
  event.preventDefault();
  wanted();
}

/** What a letter does together with Ctrl. */
function wayOf(editor: Editor, key: string, shift: boolean, whole: HTMLElement) {
  const { past, copy, paste, held, select } = editor;
  const ways: Record<string, () => void> = {
    z: shift ? past.redo : past.undo,
    y: past.redo,
    c: copy,
    x: () => cut(editor, whole),
    v: paste,
    a: () => select(new Set(held.canvas.items.map(({ id }) => id))),
  };
  return ways[key] ?? null;
}

/** Nothing is chosen any more; the keyboard stays on the canvas. */
function leave(editor: Editor, whole: HTMLElement): void {
  editor.select(new Set());
  // The canvas takes the focus from its box a moment later.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body)
      whole.querySelector<HTMLElement>('.react-flow')?.focus({ preventScroll: true });
  });
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
