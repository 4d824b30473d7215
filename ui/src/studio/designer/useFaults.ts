import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import type { Fault } from '../data/types.ts';
import { contentOf, type Held } from './held.ts';

/** What keeps the experiment from running, by the server's own rules, as one works. */
export function useFaults(api: string, held: Held, edits: boolean): Fault[] {
  const [{ canvas }] = useDebouncedValue(held, 500);
  const { items, wires, parameters } = canvas;
  const { data } = useQuery({
    // Where things lie does not matter.
    queryKey: ['faults', items, wires, parameters],
    queryFn: () =>
      post<{ Faults: Fault[] }>(
        `${api}/experiments/validate`,
        contentOf({ ...held, canvas: { ...canvas, places: {} } }),
      ),
    enabled: edits && items.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 5_000,
    staleTime: 60_000,
  });
  return items.length ? (data?.Faults ?? []) : [];
}
