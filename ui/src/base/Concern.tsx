import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = { title: string; lead?: string; children: ReactNode };

/** One concern of a page of settings: what it is about, and beside it what can be set. */
export function Concern({ title, lead, children }: Props) {
  return (
    <section className="app-concern" aria-label={title}>
      <div>
        <Title order={2}>{title}</Title>
        {lead && (
          <Text size="sm" c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
      </div>
      <div>{children}</div>
    </section>
  );
}
