import { type Call, filled, type Pairs, withQuery } from '../../snippets/model.ts';
import type { ApiDetails, Operation, Parameter } from '../data.ts';

/** What somebody has filled in for one call. */
export type CallForm = {
  values: Record<string, string>;
  query: [name: string, value: string][];
  headers: [name: string, value: string][];
  body: string;
};

export const PLACEHOLDER = 'YOUR_KEY';

export function emptyForm(operation: Operation): CallForm {
  const [first] = operation.request.representations;
  const headers: [string, string][] = operation.request.headers.map(({ name, ...rest }) => [
    name,
    preset(rest),
  ]);
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  if (first && !typed) headers.unshift(['Content-Type', first.contentType]);
  return {
    values: Object.fromEntries(
      operation.templateParameters.map(({ name, ...rest }) => [name, preset(rest)]),
    ),
    query: operation.request.queryParameters
      .filter(({ required, defaultValue }) => required || defaultValue)
      .map(({ name, ...rest }) => [name, preset(rest)]),
    headers,
    body: first ? written(first.example) : '',
  };
}

/** The call that a form means; `key` is sent if the API wants one. */
export function callOf(
  api: ApiDetails,
  operation: Operation,
  form: CallForm,
  key: string | null,
): Call {
  const known = operation.templateParameters.map(
    ({ name, required }) => [name, form.values[name] || (required ? `{${name}}` : '')] as const,
  );
  // A name left open stays readable in the address: {workspace}, not %7Bworkspace%7D.
  const values = new Map(known.filter(([name, value]) => value !== `{${name}}`));
  const base = (api.urls[0] ?? '').replace(/\/$/, '');
  const template = filled(operation.urlTemplate, values);
  const url = withQuery(`${base}/${template.replace(/^\//, '')}`, named(form.query));
  const headers = named(form.headers);
  if (key !== null) headers.push([api.keyNames.header, key]);
  return {
    method: operation.method.toUpperCase(),
    url,
    headers,
    body: takesBody(operation) && form.body !== '' ? form.body : null,
  };
}

export function takesBody(operation: Operation): boolean {
  return !['GET', 'HEAD'].includes(operation.method.toUpperCase());
}

/** Names of what must be there and is not. */
export function missing(operation: Operation, form: CallForm): string[] {
  const asked: [Parameter[], (name: string) => string | undefined][] = [
    [operation.templateParameters, (name) => form.values[name]],
    [operation.request.queryParameters, (name) => find(form.query, name)],
    [operation.request.headers, (name) => find(form.headers, name)],
  ];
  return asked.flatMap(([parameters, given]) =>
    parameters.filter(({ required, name }) => required && !given(name)).map(({ name }) => name),
  );
}

/** Headers that a browser, or anybody, cannot send. */
export function unfitHeaders(headers: Pairs): string[] {
  return headers
    .filter(
      ([name, value]) =>
        name &&
        (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)),
    )
    .map(([name]) => name);
}

/** An example as text of a body. */
export function written(example: unknown): string {
  if (example === null || example === undefined) return '';
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}

function preset({ defaultValue, values }: Omit<Parameter, 'name'>): string {
  return defaultValue ?? values[0] ?? '';
}

function named(pairs: Pairs): [string, string][] {
  return pairs.filter(([name]) => name.trim()).map(([name, value]) => [name.trim(), value]);
}

function find(pairs: Pairs, name: string): string | undefined {
  return pairs.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
}
