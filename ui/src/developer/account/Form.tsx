import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../../base/Refusal.tsx';

type Props = {
  title: string;
  lead?: string;
  action: string;
  danger?: boolean;
  onSubmit: () => Promise<unknown>;
  children?: ReactNode;
};

/** One concern of the profile: its fields, one button, its own refusal. */
export function Form({ title, lead, action, danger, onSubmit, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      {lead && (
        <Text size="sm" c="dimmed" mt={2}>
          {lead}
        </Text>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm" mt="sm">
          <Refusal error={error} />
          {children}
          <div>
            <Button type="submit" loading={busy} color={danger ? 'danger' : undefined}>
              {action}
            </Button>
          </div>
        </Stack>
      </form>
    </Paper>
  );
}
