import { useMemo } from 'react';
import type { Offers } from '../../parts/codemirror.ts';
import { EVERYTHING, type Listed, useRead } from '../rest/management.ts';
import { type ExpressionType, offersAt } from './members.ts';

type NamedValue = { displayName: string };
const NAMED = /\{\{([\w.-]*)$/;
const REFERS = /\b(backend|fragment|logger)-id="([\w.-]*)$/;

/** Completes members in expressions, named values in `{{…}}`, and ids of what is referred to. */
export function useOffers(): (before: string) => Offers | null {
  const told = useRead<Listed<ExpressionType>>('/expressionTypes').data;
  const values = useRead<Listed<NamedValue>>('/namedValues', { $top: EVERYTHING }).data;
  const ids = {
    backend: useIds('/backends'),
    fragment: useIds('/policyFragments'),
    logger: useIds('/loggers'),
  };
  const types = useMemo(
    () => new Map(told?.value.map(({ name, properties }) => [name, { ...properties, name }])),
    [told],
  );
  return (before) => {
    const named = NAMED.exec(before);
    if (named) {
      const names = values?.value.map(({ properties }) => properties.displayName);
      return listed(names, before.length - named[1]!.length);
    }
    const refers = REFERS.exec(before);
    if (refers)
      return listed(ids[refers[1] as keyof typeof ids], before.length - refers[2]!.length);
    return offersAt(before, types);
  };
}

function useIds(path: string): string[] | undefined {
  const { data } = useRead<Listed>(path, { $top: EVERYTHING });
  return data?.value.map(({ name }) => name);
}

function listed(names: readonly string[] = [], from: number): Offers {
  return { from, options: names.map((label) => ({ label, detail: '', isCall: false })) };
}
