import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** An empty place that says what belongs there and offers the one next step. */
export function Empty({
  title,
  text,
  action,
}: {
  title?: string;
  text: string;
  action?: ReactNode;
}) {
  return (
    <Paper withBorder p="xl" className="app-empty">
      {title && <Text fw={600}>{title}</Text>}
      <Text c="dimmed" size="sm" maw={520} mx="auto">
        {text}
      </Text>
      {action && <div className="app-action">{action}</div>}
    </Paper>
  );
}
