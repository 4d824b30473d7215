import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query';
import { ApiError, get, type Query } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import type { TableState } from '../../parts/useTable.ts';
import type {
  Endpoint,
  Experiment,
  Listing,
  Module,
  Saved,
  SavedKind,
  SavedWhole,
  Service,
} from './types.ts';

/** Where the REST of the workspace is. */
export function useBase(): { api: string; services: string } {
  const workspace = useSession().workspace ?? '';
  return { api: `/api/workspaces/${workspace}`, services: `/workspaces/${workspace}/webservices` };
}

export function useMayEdit(): boolean {
  const role = useSession().user?.role;
  return role === 'editor' || role === 'owner';
}

export const modulesQuery = (api: string) =>
  queryOptions({
    queryKey: ['modules'],
    queryFn: () => get<Module[]>(`${api}/modules`),
    staleTime: 600_000,
  });

/** A page of a list as its table wants it; the list's name is what changes forget. */
export const pageQuery = <Row>(name: string, path: string, table: TableState, asked: Query = {}) =>
  queryOptions({
    queryKey: [name, 'page', path, table.skip, table.size, table.search, table.order, asked],
    queryFn: () =>
      get<Listing<Row>>(path, {
        ...asked,
        start: table.skip,
        count: table.size,
        search: table.search,
        sort: table.order?.key,
        descending: table.order?.down,
      }),
    placeholderData: keepPreviousData,
  });

/** The newest of what is saved, as far as it fits the question. */
export const savedQuery = (api: string, kind: SavedKind, asked: Query) =>
  queryOptions({
    queryKey: ['saved', kind, asked],
    queryFn: () => get<Listing<Saved>>(`${api}/${kind}`, asked),
  });

/** One thing that is saved; null when it is gone. */
export const keptQuery = (api: string, kind: SavedKind, id: string) =>
  queryOptions({
    queryKey: ['saved', 'kept', kind, id],
    queryFn: async () => {
      try {
        return await get<Saved>(`${api}/${kind}/${encodeURIComponent(id)}`);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });

export const datasetQuery = (api: string, id: string) =>
  queryOptions({
    queryKey: ['saved', 'one', id],
    queryFn: () => get<SavedWhole>(`${api}/datasources/${encodeURIComponent(id)}`),
  });

export const experimentQuery = (api: string, id: string, etag = '') =>
  queryOptions({
    queryKey: ['experiment', id, etag],
    queryFn: () => get<Experiment>(`${api}/experiments/${id}`),
  });

export const servicesQuery = (services: string, asked: Query) =>
  queryOptions({
    queryKey: ['services', 'some', asked],
    queryFn: () => get<Listing<Service>>(services, asked),
    placeholderData: keepPreviousData,
  });

export const serviceQuery = (services: string, id: string) =>
  queryOptions({
    queryKey: ['services', id],
    queryFn: () => get<Service>(`${services}/${id}`),
  });

export const endpointsQuery = (services: string, id: string) =>
  queryOptions({
    queryKey: ['services', id, 'endpoints'],
    queryFn: () => get<Endpoint[]>(`${services}/${id}/endpoints`),
  });

/** Forgets lists that a change has made old. */
export function useForget(): (...keys: string[]) => Promise<void> {
  const client = useQueryClient();
  return async (...keys) => {
    await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
