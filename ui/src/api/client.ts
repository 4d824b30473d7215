/** Calls of the console's doors: cookie, CSRF token, errors with a stable code. */

export type Detail = { code: string; target?: string | null; message: string };

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly target: string | null;
  readonly details: readonly Detail[];
  readonly retryAfter: number | null;

  constructor(
    status: number,
    body: Partial<Detail> & { details?: Detail[] | null },
    retryAfter: number | null = null,
  ) {
    super(body.message || `HTTP ${status}`);
    this.status = status;
    this.code = body.code || (status ? `Http${status}` : 'Unreachable');
    this.target = body.target ?? null;
    this.details = body.details ?? [];
    this.retryAfter = retryAfter;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;
export type Sent = {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

let csrf = '';
let expired: () => void = () => undefined;

export function holdCsrf(token: string): void {
  csrf = token;
}

/** For the few calls that do not go through here. */
export function csrfToken(): string {
  return csrf;
}

/** What to do when the console no longer knows the session. */
export function whenExpired(act: () => void): void {
  expired = act;
}

export async function call<T>(method: Method, path: string, sent: Sent = {}): Promise<T> {
  const response = await send(method, path, sent);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (!text) return undefined as T;
  const type = response.headers.get('content-type') ?? '';
  return (type.includes('json') ? JSON.parse(text) : text) as T;
}

/** The whole answer, for callers that want headers (ETag) or a stream. */
export async function send(method: Method, path: string, sent: Sent = {}): Promise<Response> {
  const headers = new Headers(sent.headers);
  // The language of the page, not of the browser: texts of the publisher follow it.
  headers.set('Accept-Language', document.documentElement.lang || 'en');
  if (method !== 'GET' && method !== 'HEAD') headers.set('X-CSRF-Token', csrf);
  let body: BodyInit | undefined;
  if (sent.body instanceof Blob || sent.body instanceof FormData || typeof sent.body === 'string') {
    body = sent.body;
  } else if (sent.body !== undefined) {
    body = JSON.stringify(sent.body);
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  }
  let response: Response;
  try {
    response = await fetch(withQuery(path, sent.query), {
      method,
      headers,
      body,
      credentials: 'same-origin',
      signal: sent.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'Unreachable', message: String(error) });
  }
  if (response.ok) return response;
  const refused = await refusal(response);
  const stale = response.status === 401 && !path.startsWith('/session');
  if (stale || refused.code === 'CsrfTokenInvalid') expired();
  throw refused;
}

export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  if (!given.length) return path;
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

async function refusal(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get('retry-after'));
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: Detail & { details?: Detail[] } };
    return new ApiError(response.status, error, after || null);
  } catch {
    return new ApiError(response.status, { message: text.slice(0, 500) }, after || null);
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  call<T>('GET', path, { query, signal });
export const post = <T>(path: string, body?: unknown) => call<T>('POST', path, { body });
export const put = <T>(path: string, body?: unknown) => call<T>('PUT', path, { body });
export const patch = <T>(path: string, body?: unknown) => call<T>('PATCH', path, { body });
export const remove = <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body });
