import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Listed, useRead } from '../rest/management.ts';

export type Circuit = 'closed' | 'open' | 'trial';
export type Status = {
  gatewayId: string;
  version: number;
  newestVersion: number;
  lastHeard: string;
  isAlive: boolean;
  circuits: Record<string, Circuit>;
  /** What ails it though it serves, a sentence each. */
  troubles: string[];
};
export const COLOURS: Record<Circuit, string> = { closed: 'ok', open: 'danger', trial: 'warn' };
const EVERY = 5000;

/** How every gateway process does; asked again by itself. */
export function useStatuses() {
  return useRead<Listed<Status>>('/gatewayStatuses', {}, true, EVERY);
}

/** Backend → what the strictest of the gateways does with calls to it. */
export function useCircuits(): Map<string, Circuit> {
  const { data } = useStatuses();
  const found = new Map<string, Circuit>();
  const strictness = { closed: 0, trial: 1, open: 2 };
  for (const { properties } of data?.value ?? [])
    for (const [backend, circuit] of Object.entries(properties.circuits))
      if (strictness[circuit] >= strictness[found.get(backend) ?? 'closed'])
        found.set(backend, circuit);
  return found;
}

export function CircuitBadge({ circuit }: { circuit: Circuit | undefined }) {
  const { t } = useTranslation('publisher');
  if (!circuit) return <Badge color="gray">{t('backends.guarded')}</Badge>;
  return <Badge color={COLOURS[circuit]}>{t(`gateways.circuits.${circuit}`)}</Badge>;
}
