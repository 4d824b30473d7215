/** The management REST: reading entities with their ETag, changing them safely. */

import {
  keepPreviousData,
  type QueryClient,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { ApiError, type Method, type Query, send } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a kind of entity holds is known to its page
export type Properties = Record<string, any>;
export type Entity<P = Properties> = { id: string; name: string; properties: P };
export type Read<P = Properties> = Entity<P> & { etag: string };
export type Listed<P = Properties> = { value: Entity<P>[]; count: number };

export const VERSION = { 'api-version': '2024-05-01' };
export const EVERYTHING = 1000;

/** Where an entity is, below the instance; ids may hold `;`, blanks and other signs. */
export function at(strings: TemplateStringsArray, ...ids: string[]): string {
  return String.raw({ raw: strings }, ...ids.map(encodeURIComponent));
}

export function useBase(): string {
  return useSession().managementBase ?? '';
}

/** Whether the reader may change anything: a viewer only looks. */
export function useMayWrite(): boolean {
  const role = useSession().user?.role;
  return role === 'editor' || role === 'owner';
}

export function useIsOwner(): boolean {
  return useSession().user?.role === 'owner';
}

export async function read<T>(address: string, query: Query = {}): Promise<T> {
  const response = await send('GET', address, { query: { ...VERSION, ...query } });
  const body = (await response.json()) as T;
  return { ...body, etag: response.headers.get('etag') ?? '*' };
}

/** One entity; the page waits for it. */
export function useEntity<P = Properties>(path: string, query: Query = {}): Read<P> {
  const base = useBase();
  return useSuspenseQuery({
    queryKey: ['management', path, query],
    queryFn: () => read<Read<P>>(base + path, query),
  }).data;
}

/** One entity that may be missing: then it is null. */
export function useMaybeEntity<P = Properties>(
  /** Null when it is known already that there is none. */
  path: string | null,
  query: Query = {},
): Read<P> | null {
  const base = useBase();
  return useSuspenseQuery({
    queryKey: ['management', path, query, 'maybe'],
    queryFn: async () => {
      if (path === null) return null;
      try {
        return await read<Read<P>>(base + path, query);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  }).data;
}

/** A list, a page of it, or anything else that is read; earlier rows stay meanwhile. */
export function useRead<T>(
  path: string,
  query: Query = {},
  enabled = true,
  /** Milliseconds after which it is read again by itself. */
  again: number | false = false,
): UseQueryResult<T> {
  const base = useBase();
  return useQuery({
    queryKey: ['management', path, query],
    queryFn: () => read<T>(base + path, query),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: again,
  });
}

/** A list read on and on: a page more each time it is asked for. */
export function useMore<P>(path: string, size = 50) {
  const base = useBase();
  return useInfiniteQuery({
    queryKey: ['management', path, 'pages'],
    queryFn: ({ pageParam }) => read<Listed<P>>(base + path, { $top: size, $skip: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ count }, pages) => {
      const known = pages.reduce((sum, { value }) => sum + value.length, 0);
      return known < count && pages.at(-1)?.value.length ? known : undefined;
    },
  });
}

/** All of a list that is short by its nature: groups, tags, products. */
export function useAll<P = Properties>(path: string, query: Query = {}): Entity<P>[] {
  const base = useBase();
  return useSuspenseQuery({
    queryKey: ['management', path, query, 'all'],
    queryFn: () => read<Listed<P>>(base + path, { $top: EVERYTHING, ...query }),
  }).data.value;
}

export type Change = {
  properties?: Properties;
  body?: unknown;
  /** The ETag that was read; the change is refused when somebody was faster. */
  etag?: string;
  query?: Query;
};
export type Changing = <T = unknown>(method: Method, path: string, change?: Change) => Promise<T>;

/** Changes something, and has everything on the page read anew. */
export function useChange(): Changing {
  const base = useBase();
  const client = useQueryClient();
  return async (method, path, change = {}) => {
    try {
      return await ask(method, base + path, change);
    } finally {
      await refresh(client);
    }
  };
}

/** Asks for something by POST that changes nothing: secrets, credentials, a trial. */
export function useAsk(): Changing {
  const base = useBase();
  return (method, path, change = {}) => ask(method, base + path, change);
}

export function refresh(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: ['management'] });
}

async function ask<T>(method: Method, address: string, change: Change): Promise<T> {
  const { properties, body, etag, query } = change;
  const response = await send(method, address, {
    query: { ...VERSION, ...query },
    body: properties ? { properties } : body,
    headers: etag ? { 'If-Match': etag } : {},
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
