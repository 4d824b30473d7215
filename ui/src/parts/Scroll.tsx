import type { ReactNode } from 'react';

/** A wide thing that scrolls sideways, by keyboard too. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="app-scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
