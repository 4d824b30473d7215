import { Button, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Concern } from '../../base/Concern.tsx';
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
    <Concern title={title} lead={lead}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Refusal error={error} />
          {children}
          <div>
            <Button type="submit" loading={busy} color={danger ? 'danger' : undefined}>
              {action}
            </Button>
          </div>
        </Stack>
      </form>
    </Concern>
  );
}
