import { Ban, CircleCheck, CircleX, Clock, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunState } from '../data/types.ts';

const SIGNS = {
  Queued: Clock,
  InDraft: null,
  Running: LoaderCircle,
  Finished: CircleCheck,
  Failed: CircleX,
  Canceled: Ban,
} as const;

/** How a module stands, as a sign; those who do not see it hear it. */
export function StateSign({ state, why }: { state: RunState; why?: string }) {
  const { t } = useTranslation('studio');
  const Sign = SIGNS[state];
  if (!Sign) return null;
  const told = t(`state.${state}`);
  return (
    <span className="st-sign" data-state={state} title={why || told}>
      <Sign size={16} aria-hidden />
      <span className="app-hidden">{told}</span>
    </span>
  );
}
