import { Tabs } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

/** Tabs in a row that scrolls; the one that is open is in sight, also on a phone. */
export function TabRow({ open, mb = 'lg', children }: Props) {
  const row = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks whenever another one opens
  useEffect(() => {
    const shown = row.current?.querySelector('[data-active]');
    shown?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [open]);
  return (
    <Tabs.List ref={row} mb={mb} className="pub-tabs">
      {children}
    </Tabs.List>
  );
}

type Props = { open: string; mb?: string; children: ReactNode };
