import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Question } from './confirm.tsx';
import { useFocusBack } from './useFocusBack.ts';

type Props = { asked: Question; opened: boolean; answer: (yes: boolean) => void };

/** The question itself, with what it takes to say yes. */
export function ConfirmDialog({ asked, opened, answer }: Props) {
  useFocusBack(opened);
  const { t } = useTranslation('base');
  const [typed, setTyped] = useState('');
  return (
    <Modal
      opened={opened}
      onClose={() => answer(false)}
      title={asked.title}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {typeof asked.body === 'string' ? <Text size="sm">{asked.body}</Text> : asked.body}
      {asked.typed && (
        <TextInput
          mt="sm"
          label={t('confirm.type', { word: asked.typed })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Group justify="flex-end" mt="lg">
        <Button
          variant="default"
          onClick={() => answer(false)}
          data-autofocus={asked.danger || undefined}
        >
          {t('confirm.no')}
        </Button>
        <Button
          color={asked.danger ? 'danger' : undefined}
          data-autofocus={asked.danger || asked.typed ? undefined : true}
          disabled={Boolean(asked.typed) && typed !== asked.typed}
          onClick={() => answer(true)}
        >
          {asked.action}
        </Button>
      </Group>
    </Modal>
  );
}
