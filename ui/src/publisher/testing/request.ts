/** The call that the console sends: from what was filled in to a URL and headers. */

import type { Operation, Parameter } from '../operation/model.ts';
import type { Entity } from '../rest/management.ts';

export type Pair = { name: string; value: string };
export type Draft = {
  template: Record<string, string>;
  query: Pair[];
  headers: Pair[];
  body: string;
};
export type Api = {
  displayName: string;
  path: string;
  serviceUrl?: string | null;
  apiVersion?: string | null;
  apiVersionSetId?: string | null;
  apiRevision: string;
  isCurrent: boolean;
  protocols: string[];
  subscriptionRequired: boolean;
  subscriptionKeyParameterNames: { header: string; query: string };
};
export type Scheme = {
  versioningScheme: string;
  versionQueryName?: string;
  versionHeaderName?: string;
};

/** POST first, for models are called by it; nobody deletes something by being in a hurry. */
const VERBS = ['POST', 'GET', 'PUT', 'PATCH'];
const OF_JOBS = /\/jobs(\/|$)/;

/** The operation to begin with: with the least to fill in, and answered at once. */
export function plainest(operations: readonly Entity<Operation>[]): Entity<Operation> | undefined {
  const cost = ({ properties }: Entity<Operation>) => {
    const verb = VERBS.indexOf(properties.method);
    const asked = [
      ...(properties.templateParameters ?? []),
      ...(properties.request?.queryParameters ?? []).filter((one) => one.required),
    ];
    const empty = asked.filter((one) => !startOf(one)).length;
    const [path = ''] = properties.urlTemplate.split('?');
    const destroys = properties.method === 'DELETE' ? 1000 : 0;
    return destroys + 20 * empty + (OF_JOBS.test(path) ? 10 : 0) + (verb < 0 ? VERBS.length : verb);
  };
  return [...operations].sort((one, other) => cost(one) - cost(other))[0];
}

export function draftOf(operation: Operation): Draft {
  const first = operation.request?.representations?.[0];
  const example = Object.values(first?.examples ?? {})[0]?.value;
  const body = typeof example === 'string' ? example : JSON.stringify(example ?? '', null, 2);
  const typed = first ? [{ name: 'Content-Type', value: first.contentType }] : [];
  const pairs = (parameters: Parameter[] = []) =>
    parameters
      .filter((one) => one.required || one.defaultValue)
      .map((one) => ({ name: one.name, value: startOf(one) }));
  return {
    template: Object.fromEntries(
      (operation.templateParameters ?? []).map((one) => [one.name, startOf(one)]),
    ),
    query: pairs(operation.request?.queryParameters),
    headers: [...typed, ...pairs(operation.request?.headers)],
    body: example === undefined ? '' : body,
  };
}

function startOf({ defaultValue, values }: Parameter): string {
  return defaultValue ?? values?.[0] ?? '';
}

/** Where the call goes on the gateway: path, version, revision, parameters, query. */
export function urlOf(
  gateway: string,
  api: Api,
  scheme: Scheme | null,
  operation: Operation,
  draft: Draft,
): string {
  const version = api.apiVersion && scheme?.versioningScheme === 'Segment' ? api.apiVersion : '';
  const revision = api.isCurrent ? '' : `;rev=${api.apiRevision}`;
  const base = [api.path.replace(/^\/|\/$/g, ''), version].filter(Boolean).join('/');
  const filled = operation.urlTemplate.replace(/\{(\*?)([^{}]+)\}/g, (_, star, name) => {
    const value = draft.template[name];
    // What is not filled in yet is seen to be missing.
    if (!value) return `{${name}}`;
    return star ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
  const [path = '', fixed = ''] = filled.split('?');
  const query = draft.query.filter((one) => one.name);
  if (api.apiVersion && scheme?.versioningScheme === 'Query' && scheme.versionQueryName)
    query.push({ name: scheme.versionQueryName, value: api.apiVersion });
  const written = query
    .map((one) => `${encodeURIComponent(one.name)}=${encodeURIComponent(one.value)}`)
    .join('&');
  const whole = [fixed, written].filter(Boolean).join('&');
  const prefix = `${gateway.replace(/\/$/, '')}/${base}${revision}`.replace(/\/$/, '');
  return `${prefix}${path.startsWith('/') ? '' : '/'}${path}${whole ? `?${whole}` : ''}`;
}

export function headersOf(
  api: Api,
  scheme: Scheme | null,
  draft: Draft,
  key: string,
): [string, string][] {
  const given = draft.headers.filter((one) => one.name);
  const headers: [string, string][] = given.map((one) => [one.name, one.value]);
  if (key) headers.push([api.subscriptionKeyParameterNames.header, key]);
  if (api.apiVersion && scheme?.versioningScheme === 'Header' && scheme.versionHeaderName)
    headers.push([scheme.versionHeaderName, api.apiVersion]);
  return headers;
}

export function encoded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
}

export function decoded(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
