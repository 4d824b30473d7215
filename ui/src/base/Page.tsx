import { Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useSession } from '../api/session.ts';
import { breakable } from './breakable.tsx';

type Props = {
  title: string;
  /** One line below the title. */
  lead?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** Above the title, usually `<Crumbs>`. */
  above?: ReactNode;
  /** Only sets the window's title; the page draws its own heading. */
  bare?: boolean;
  children: ReactNode;
};

/** One page: its name in the window and on the paper. */
export function Page({ title, lead, actions, above, bare, children }: Props) {
  const { site } = useSession();
  useEffect(() => {
    document.title = `${title} · ${site.name}`;
  }, [title, site.name]);
  return (
    <div className="app-page">
      {above}
      {!bare && (
        <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
          <div>
            <Title order={1}>{breakable(title)}</Title>
            {lead && (
              <Text c="dimmed" mt={4} component="div">
                {lead}
              </Text>
            )}
          </div>
          {actions && (
            <Group gap="xs" className="app-actions">
              {actions}
            </Group>
          )}
        </Group>
      )}
      {children}
    </div>
  );
}
