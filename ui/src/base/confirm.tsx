import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Question = {
  title: string;
  body?: ReactNode;
  /** The verb on the button: "Delete", "Cancel subscription". */
  action: string;
  danger?: boolean;
  /** A word that must be typed before the button works. */
  typed?: string;
};
type Ask = (question: Question) => Promise<boolean>;

const Asking = createContext<Ask>(async () => false);

/** Asks before what cannot be undone: `if (await confirm({…})) …`. */
export function useConfirm(): Ask {
  return useContext(Asking);
}

export function Confirming({ children }: { children: ReactNode }) {
  const { t } = useTranslation('base');
  const [asked, setAsked] = useState<(Question & { settle: (yes: boolean) => void }) | null>(null);
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState('');
  const ask = useCallback<Ask>(
    (question) =>
      new Promise((settle) => {
        setTyped('');
        setAsked({ ...question, settle });
        setOpened(true);
      }),
    [],
  );
  const answer = (yes: boolean) => {
    setOpened(false);
    asked?.settle(yes);
  };
  return (
    <Asking.Provider value={ask}>
      {children}
      <Modal
        opened={opened}
        onClose={() => answer(false)}
        title={asked?.title}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {typeof asked?.body === 'string' ? <Text size="sm">{asked.body}</Text> : asked?.body}
        {asked?.typed && (
          <TextInput
            mt="sm"
            label={t('confirm.type', { word: asked.typed })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => answer(false)} data-autofocus={asked?.danger}>
            {t('confirm.no')}
          </Button>
          <Button
            color={asked?.danger ? 'danger' : undefined}
            disabled={Boolean(asked?.typed) && typed !== asked?.typed}
            onClick={() => answer(true)}
          >
            {asked?.action}
          </Button>
        </Group>
      </Modal>
    </Asking.Provider>
  );
}
