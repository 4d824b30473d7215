import { Notification } from '@mantine/core';
import { Check, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from './Refusal.tsx';

type Toast = { id: number; text?: string; error?: unknown };

const SECONDS = 6;
let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

function add(toast: Omit<Toast, 'id'>): void {
  last += 1;
  const id = last;
  change([...toasts.slice(-3), { ...toast, id }]);
  // A failure stays until it is closed: people must be able to read it.
  if (toast.error === undefined) setTimeout(() => close(id), SECONDS * 1000);
}

function close(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

/** Short news in the corner: `toast.done(t('saved'))`, `toast.failed(error)`. */
export const toast = {
  done: (text: string) => add({ text }),
  failed: (error: unknown) => add({ error }),
};

export function Toasts() {
  const { t } = useTranslation('base');
  const text = useErrorText();
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => toasts,
  );
  return (
    <section className="app-toasts" aria-live="polite" aria-label={t('news')}>
      {shown.map(({ id, text: done, error }) => (
        <Notification
          key={id}
          withBorder
          color={error === undefined ? 'ok' : 'danger'}
          icon={error === undefined ? <Check size={16} aria-hidden /> : <X size={16} aria-hidden />}
          onClose={() => close(id)}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          {error === undefined ? done : text(error)}
        </Notification>
      ))}
    </section>
  );
}
