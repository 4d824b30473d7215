import { Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Page } from '../../base/Page.tsx';

/** A page with one short form in its middle. */
export function Narrow({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Page title={title} bare>
      <Paper withBorder p="xl" maw={440} mx="auto" mt="lg">
        <Title order={1} fz={22} mb="md">
          {title}
        </Title>
        {children}
      </Paper>
    </Page>
  );
}
