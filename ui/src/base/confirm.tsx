import { createContext, type ReactNode, Suspense, useCallback, useContext, useState } from 'react';
import { later } from './later.ts';

const ConfirmDialog = later(async () => (await import('./ConfirmDialog.tsx')).ConfirmDialog);

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

type Asked = Question & { number: number; settle: (yes: boolean) => void };

export function Confirming({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [opened, setOpened] = useState(false);
  const ask = useCallback<Ask>(
    (question) =>
      new Promise((settle) => {
        setAsked((before) => ({ ...question, number: (before?.number ?? 0) + 1, settle }));
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
      <Suspense>
        {asked && (
          // Each question begins with nothing typed.
          <ConfirmDialog key={asked.number} asked={asked} opened={opened} answer={answer} />
        )}
      </Suspense>
    </Asking.Provider>
  );
}
