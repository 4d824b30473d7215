import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAll } from '../rest/management.ts';
import { type ElementSchema, type PolicyElement, schemaOf } from './elements.ts';
import { said } from './words.ts';

/** The shelf of policies: what may be inserted. */
export function usePolicyShelf(): PolicyElement[] {
  const shelf = useAll<PolicyElement>('/policyElements');
  return useMemo(() => shelf.map(({ name, properties }) => ({ ...properties, name })), [shelf]);
}

/** The same as what completes in the editor. */
export function usePolicySchema(): ElementSchema[] {
  const { i18n } = useTranslation();
  const elements = usePolicyShelf();
  const speaks = i18n.language;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said in the language of the page
  return useMemo(() => schemaOf(elements, (one) => said(one).text), [elements, speaks]);
}
