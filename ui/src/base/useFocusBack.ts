import { useEffect } from 'react';

const CHOOSING = '[role="menu"], [role="listbox"]';
let last: HTMLElement | null = null;

// What opens a dialog from a menu is the button of the menu: the menu itself is gone by then.
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(CHOOSING)) last = target;
});

/** Gives the focus back to where it was before a dialog opened; dialogs that come and go
 * as a whole do not do so by themselves. */
export function useFocusBack(opened = true): void {
  useEffect(() => {
    if (!opened) return;
    const before = last;
    return () => {
      setTimeout(() => {
        const now = document.activeElement;
        const lost = !now || now === document.body || now.closest('[role="dialog"]');
        if (lost && before?.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, [opened]);
}
