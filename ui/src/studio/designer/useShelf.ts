import { useQueries, useSuspenseQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { keptQuery, modulesQuery, savedQuery, useBase } from '../data/queries.ts';
import type { Experiment, Listing, Saved, SavedKind } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { readCanvas } from './document.ts';
import type { Shelf } from './ports.ts';

const SHOWN = 100;
const KINDS: SavedKind[] = ['datasources', 'trainedmodels', 'transformmodules'];
/** What the palette offers: the newest of each kind, or what fits the search. */
export type Offer = {
  mine: Listing<Saved>;
  samples: Listing<Saved>;
  models: Listing<Saved>;
  transforms: Listing<Saved>;
  found: [SavedKind, Saved][];
};

/** Everything that can lie on the canvas, as far as it was asked for. */
export function useShelf(experiment: Experiment, search: string): { shelf: Shelf; offer: Offer } {
  const { api } = useBase();
  const tell = useTelling();
  const [modules] = useSuspenseQueries({ queries: [modulesQuery(api)] });
  const lists = useSuspenseQueries({
    queries: [
      savedQuery(api, 'datasources', { count: SHOWN, samples: false }),
      savedQuery(api, 'datasources', { count: SHOWN, samples: true }),
      savedQuery(api, 'trainedmodels', { count: SHOWN }),
      savedQuery(api, 'transformmodules', { count: SHOWN }),
    ],
  });
  const [mine, samples, models, transforms] = lists.map(({ data }) => data);
  const first = [mine!, samples!, models!, transforms!];
  const listed = new Set(first.flatMap(({ Value }) => Value.map(({ Id }) => Id)));
  // As the page began: what is dropped later was offered by the palette.
  const [lying] = useState(() => readCanvas(experiment).items.filter((item) => item.saved));
  const others = useSuspenseQueries({
    queries: lying
      .filter(({ of }) => !listed.has(of))
      .map(({ of, saved }) => keptQuery(api, saved!, of)),
  });
  const asked = useQueries({
    queries: KINDS.map((kind) => ({
      ...savedQuery(api, kind, { count: SHOWN, search }),
      enabled: search !== '',
    })),
  });
  const found = asked.flatMap(({ data }, at) =>
    (data?.Value ?? []).map((each): [SavedKind, Saved] => [KINDS[at]!, each]),
  );
  const [seen, see] = useState(new Map<string, Saved>());
  const fresh = found.filter(([, { Id }]) => !seen.has(Id));
  useEffect(() => {
    if (fresh.length)
      see((before) => new Map([...before, ...fresh.map(([, each]) => [each.Id, each] as const)]));
  });
  const kept = others.flatMap(({ data }) => data ?? []);
  const all = [...seen.values(), ...kept, ...first.flatMap(({ Value }) => Value)];
  const known = all.map(({ Id, Name }) => `${Id} ${Name}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known says it all
  const shelf = useMemo<Shelf>(
    () => ({
      modules: new Map(modules.data.map((each) => [each.Id, each])),
      saved: new Map(all.map((each) => [each.Id, each])),
      tell,
    }),
    [modules.data, known, tell],
  );
  return {
    shelf,
    offer: { mine: mine!, samples: samples!, models: models!, transforms: transforms!, found },
  };
}
