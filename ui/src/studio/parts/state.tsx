import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunState } from '../data/types.ts';

const COLOURS: Record<RunState, string> = {
  InDraft: 'gray',
  Queued: 'gray',
  Running: 'accent',
  Finished: 'ok',
  Failed: 'danger',
  Canceled: 'warn',
};

/** How a run stands, in a word. */
export function StateBadge({ state }: { state: RunState }) {
  const { t } = useTranslation('studio');
  return <Badge color={COLOURS[state]}>{t(`state.${state}`)}</Badge>;
}
