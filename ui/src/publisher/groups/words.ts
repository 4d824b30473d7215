import { useTranslation } from 'react-i18next';
import type { Entity } from '../rest/management.ts';

type Named = { displayName: string; description?: string | null; builtIn?: boolean };
const BUILT_IN = ['administrators', 'developers', 'guests'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

/** Names and descriptions; those of built-in groups in the reader's language. */
export function useGroupWords(): (row: Entity<Named>) => { title: string; about: string } {
  const { t } = useTranslation('publisher');
  return ({ name, properties }) => {
    const known = properties.builtIn ? BUILT_IN.find((one) => one === name) : undefined;
    if (known) return { title: t(`groups.builtIn.${known}`), about: t(`groups.about.${known}`) };
    return { title: properties.displayName, about: properties.description ?? '' };
  };
}
