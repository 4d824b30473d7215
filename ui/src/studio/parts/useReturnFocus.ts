import { useEffect, useState } from 'react';

/** When a dialog that is not kept goes, the keyboard is again where it was before. */
export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // What opened it may be gone, as an entry of a menu is: the canvas takes over.
      requestAnimationFrame(() => {
        const place = before?.isConnected ? before : document.querySelector('.st-canvas');
        if (place instanceof HTMLElement) place.focus({ preventScroll: true });
      });
    },
    [before],
  );
}
