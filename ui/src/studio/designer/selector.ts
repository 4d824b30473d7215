/** Column selectors: the value that the graph stores, and what it says. */
import type { Column } from '../data/types.ts';

export type RuleType = 'AllColumns' | 'ColumnNames' | 'ColumnIndexes' | 'ColumnTypes';
export type Rule = {
  ruleType: RuleType;
  columns?: string[];
  columnTypes?: string[];
  columnKinds?: string[];
  exclude: boolean;
};
export type Selector = { isFilter: boolean; rules: Rule[]; ui: { withRules: boolean } };

export const TYPES = [
  'Numeric',
  'Integer',
  'Double',
  'String',
  'Boolean',
  'DateTime',
  'TimeSpan',
  'Categorical',
] as const;
export const KINDS = ['Feature', 'Label', 'Weight', 'Score'] as const;

export function readSelector(text: string | null | undefined): Selector {
  const none: Selector = { isFilter: true, rules: [], ui: { withRules: false } };
  if (!text) return none;
  try {
    const json = text.trimStart().startsWith('{') ? text : decodeURIComponent(text);
    return { ...none, ...(JSON.parse(json) as Selector) };
  } catch {
    return none;
  }
}

export function writeSelector(selector: Selector): string {
  return encodeURIComponent(JSON.stringify(selector));
}

/** The names of a selector that the page of two lists can show; else null. */
export function plainNames({ rules, isFilter }: Selector): string[] | null {
  if (!rules.length) return [];
  const [rule] = rules;
  if (rules.length > 1 || !isFilter || rule!.exclude || rule!.ruleType !== 'ColumnNames')
    return null;
  return rule!.columns ?? [];
}

export function ofNames(names: string[]): Selector {
  const rules: Rule[] = names.length
    ? [{ ruleType: 'ColumnNames', columns: names, exclude: false }]
    : [];
  return { isFilter: true, rules, ui: { withRules: false } };
}

/** What the rules choose of known columns; null where that cannot be told. */
export function chosenOf(selector: Selector, columns: readonly Column[]): string[] {
  const names = columns.map(({ Name }) => Name);
  let chosen: string[] = [];
  for (const rule of selector.rules) {
    const found = matched(rule, columns, names);
    chosen = rule.exclude ? chosen.filter((name) => !found.includes(name)) : [...chosen, ...found];
  }
  return selector.isFilter ? names.filter((name) => chosen.includes(name)) : chosen;
}

const NUMERIC = ['Byte', 'Int16', 'Int32', 'Int64', 'Single', 'Double'];

function matched(rule: Rule, columns: readonly Column[], names: string[]): string[] {
  switch (rule.ruleType) {
    case 'AllColumns':
      return names;
    case 'ColumnNames':
      return (rule.columns ?? []).filter((name) => names.includes(name));
    case 'ColumnIndexes':
      return (rule.columns ?? []).flatMap(placesOf).flatMap((at) => names[at - 1] ?? []);
    case 'ColumnTypes':
      return columns.filter((column) => isOf(rule, column)).map(({ Name }) => Name);
  }
}

function isOf({ columnTypes = [], columnKinds = [] }: Rule, column: Column): boolean {
  if (columnKinds.length && !columnKinds.includes('All') && !columnKinds.includes(column.Kind))
    return false;
  if (!columnTypes.length || columnTypes.includes('All')) return true;
  if (column.IsCategorical) return columnTypes.includes('Categorical');
  return columnTypes.some(
    (type) =>
      type === column.Type ||
      (type === 'Numeric' && NUMERIC.includes(column.Type)) ||
      (type === 'Integer' && NUMERIC.slice(0, 4).includes(column.Type)) ||
      (type === 'Double' && column.Type === 'Single'),
  );
}

/** `1-4,6` as 1, 2, 3, 4, 6. */
export function placesOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last] = part.trim().match(/^(\d+)(?:-(\d+))?$/) ?? [];
    if (!first) return [];
    const [from, to] = [Number(first), Number(last ?? first)];
    return Array.from({ length: Math.max(0, Math.min(to - from, 9999) + 1) }, (_, at) => from + at);
  });
}
