/** Forms as data: what a field is, where its value stands, what was wrong with it. */

import type { ApiError } from '../../api/client.ts';
import { worded } from '../../base/worded.ts';
import type { ElementSchema } from '../policies/elements.ts';
import type { Properties } from '../rest/management.ts';
import type { Picked } from './EntityPicker.tsx';

export type Option = { value: string; label: string };
type Kind =
  | 'text'
  | 'area'
  | 'number'
  | 'switch'
  | 'select'
  | 'entity'
  | 'entities'
  | 'many'
  | 'words'
  | 'secret'
  | 'json'
  | 'xml'
  | 'file';
export type Field = {
  /** Where the value stands: `termsOfService.text`. */
  at: string;
  label: string;
  kind?: Kind;
  options?: readonly Option[];
  /** The list that an entity is chosen from, or several are. */
  picked?: (values: Properties) => Picked;
  help?: string;
  /** Heads this field and those after it, up to the next such one. */
  section?: { title: string; lead?: string };
  required?: boolean;
  /** Ids, addresses and code. */
  mono?: boolean;
  rows?: number;
  placeholder?: string;
  /** Names that complete while one types XML. */
  elements?: readonly ElementSchema[];
  /** Shown only then; what is not shown keeps its value. */
  when?: (values: Properties) => boolean;
  /** Chosen when it is made, and never again. */
  fixed?: boolean;
  /** May hold something secret: then it is not kept over a reload. */
  draft?: false;
};

export type Sections = { section?: Field['section']; members: Field[] }[];

/** The fields under their headings; those before the first heading stand alone. */
export function sectionsOf(fields: readonly Field[]): Sections {
  const found: Sections = [];
  for (const field of fields) {
    const last = found.at(-1);
    if (!last || field.section) found.push({ section: field.section, members: [field] });
    else last.members.push(field);
  }
  return found;
}

export function valueAt(values: Properties, at: string): unknown {
  return at.split('.').reduce<unknown>((found, part) => {
    return found && typeof found === 'object' ? (found as Properties)[part] : undefined;
  }, values);
}

export function withValue(values: Properties, at: string, value: unknown): Properties {
  const [first = '', ...rest] = at.split('.');
  if (!rest.length) return { ...values, [first]: value };
  const inner = values[first];
  const below = inner && typeof inner === 'object' ? (inner as Properties) : {};
  return { ...values, [first]: withValue(below, rest.join('.'), value) };
}

/** What of the values is sent: of the fields shown, nothing that was left empty. */
export function sendable(fields: readonly Field[], values: Properties, patch: boolean): Properties {
  let sent: Properties = {};
  for (const field of fields) {
    if (field.when && !field.when(values)) continue;
    let value = valueAt(values, field.at);
    if (field.kind === 'json' && typeof value === 'string')
      value = value.trim() ? JSON.parse(value) : undefined;
    const empty = value === '' || value === undefined || value === null;
    // A secret that is left empty stays as it is; other empty fields are taken away.
    if (empty && (!patch || field.kind === 'secret' || valueAt(values, field.at) === undefined))
      continue;
    sent = withValue(sent, field.at, empty ? null : value);
  }
  return sent;
}

/** Fields that must be filled and are not, or hold what cannot be read. */
export function missing(
  fields: readonly Field[],
  values: Properties,
  words: { required: string; json: (message: string) => string },
): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of fields) {
    if (field.when && !field.when(values)) continue;
    const value = valueAt(values, field.at);
    if (field.required && (value === undefined || value === null || value === ''))
      found.set(field.at, words.required);
    if (field.kind === 'json' && typeof value === 'string' && value.trim()) {
      try {
        JSON.parse(value);
      } catch (error) {
        found.set(field.at, words.json((error as Error).message));
      }
    }
  }
  return found;
}

/** The server's refusal by field; what belongs to none of them stays over. */
export function refusals(
  error: ApiError,
  fields: readonly Field[],
): { byField: Map<string, string>; rest: boolean } {
  const byField = new Map<string, string>();
  let rest = !error.details.length;
  const known = [
    { target: error.target, message: error.details.length ? '' : error.message },
    ...error.details,
  ];
  for (const { target, message } of known) {
    if (!target || !message) continue;
    const field = fields.find(
      ({ at }) => at === target || at.endsWith(`.${target}`) || target.startsWith(`${at}.`),
    );
    if (field) byField.set(field.at, worded(message));
    else rest = true;
  }
  return { byField, rest: rest && !(byField.size && !error.details.length) };
}
