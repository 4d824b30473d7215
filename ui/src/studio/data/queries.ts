import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import type {
  Endpoint,
  Experiment,
  ExperimentEntry,
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

export const savedQuery = (api: string, kind: SavedKind) =>
  queryOptions({ queryKey: ['saved', kind], queryFn: () => get<Saved[]>(`${api}/${kind}`) });

export const datasetQuery = (api: string, id: string) =>
  queryOptions({
    queryKey: ['saved', 'one', id],
    queryFn: () => get<SavedWhole>(`${api}/datasources/${encodeURIComponent(id)}`),
  });

export const experimentsQuery = (api: string, family?: string) =>
  queryOptions({
    queryKey: ['experiments', family ?? ''],
    queryFn: () => get<ExperimentEntry[]>(`${api}/experiments`, { family }),
  });

export const experimentQuery = (api: string, id: string, etag = '') =>
  queryOptions({
    queryKey: ['experiment', id, etag],
    queryFn: () => get<Experiment>(`${api}/experiments/${id}`),
  });

export const servicesQuery = (services: string) =>
  queryOptions({ queryKey: ['services'], queryFn: () => get<Service[]>(services) });

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
