import { useCallback, useState } from 'react';
import type { Properties } from '../rest/management.ts';
import { type Field, valueAt, withValue } from './fields.ts';

const PREFIX = 'bramka-form ';

/** Where, what was typed, and what was there before. */
type Change = [at: string, value: unknown, before?: unknown];

export type Draft = {
  /** What was there, with what somebody typed before the page was loaded anew. */
  values: Properties;
  kept: boolean;
  /** Fields of it that somebody else has changed since. */
  overtaken: string[];
  keep: (values: Properties) => void;
  forget: () => void;
};

/** What is typed into a form outlives a reload; secrets and files are never kept. */
export function useDraft(fields: readonly Field[], initial: Properties): Draft {
  const [place] = useState(() => {
    const { pathname, search } = window.location;
    return `${PREFIX}${pathname}${search} ${fields.map(({ at }) => at).join()}`;
  });
  const [found] = useState(() => changes(place));
  const keep = useCallback(
    (values: Properties) => {
      const changed = Object.entries(changedIn(fields, initial, values)).map(
        ([at, value]): Change => [at, value, valueAt(initial, at) ?? null],
      );
      if (changed.length) store(place, JSON.stringify(changed));
      else sessionStorage.removeItem(place);
    },
    [place, fields, initial],
  );
  const forget = useCallback(() => sessionStorage.removeItem(place), [place]);
  const known = found.filter(([at]) => fields.some((field) => field.at === at));
  const values = known.reduce((all, [at, value]) => withValue(all, at, value), initial);
  const overtaken = known
    .filter(([at, , before]) => before !== undefined && !same(before, valueAt(initial, at) ?? null))
    .map(([at]) => at);
  return { values, kept: known.length > 0, overtaken, keep, forget };
}

/** Only what was changed: so what others change meanwhile is not undone by a draft. */
export function changedIn(
  fields: readonly Field[],
  before: Properties,
  after: Properties,
): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const { at, kind, when, draft } of fields) {
    // A field of the same name may be secret in one case and plain in another.
    if (kind === 'secret' || kind === 'file' || draft === false) continue;
    if (when && !when(after)) continue;
    const value = valueAt(after, at);
    if (!same(value, valueAt(before, at))) changed[at] = value ?? null;
  }
  return changed;
}

function store(place: string, text: string): void {
  try {
    sessionStorage.setItem(place, text);
  } catch {
    // A form that is larger than what the browser keeps still works; it has no draft.
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function changes(place: string): Change[] {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? '[]') as Change[];
  } catch {
    return [];
  }
}
