import { useQueries } from '@tanstack/react-query';
import { gathered, type Reference } from './gathered.ts';
import { type Changing, type Entity, type Listed, read, useBase } from './management.ts';
import { quoted } from './odata.ts';

type Named = (reference: Reference) => string;
type Portion = ReturnType<typeof gathered>[number];

/** The names of what rows refer to, read together; the id until it is known. */
export function useNames(references: Reference[]): Named {
  const base = useBase();
  const asked = gathered(references);
  const found = useQueries({
    queries: asked.map(({ path, names }) => ({
      queryKey: ['management', path, 'names', names],
      queryFn: () => read<Listed>(base + path, wanted(names)),
    })),
  });
  return knowing(
    asked,
    found.map(({ data }) => data),
  );
}

/** The same for a list as long as may be, read one portion after the other. */
export async function namesOf(ask: Changing, references: Reference[]): Promise<Named> {
  const asked = gathered(references);
  const found: Listed[] = [];
  for (const { path, names } of asked)
    found.push(await ask<Listed>('GET', path, { query: wanted(names) }));
  return knowing(asked, found);
}

function wanted(names: readonly string[]) {
  const $filter = names.map((name) => `name eq ${quoted(name)}`).join(' or ');
  return { $top: names.length, $filter };
}

function knowing(asked: readonly Portion[], found: readonly (Listed | undefined)[]): Named {
  const known = new Map<string, string>();
  asked.forEach(({ path }, place) => {
    for (const row of found[place]?.value ?? []) known.set(`${path}/${row.name}`, titleOf(row));
  });
  return ({ path, name }) => known.get(`${path}/${name}`) ?? name;
}

function titleOf({ name, properties }: Entity): string {
  const { displayName, firstName, lastName } = properties;
  return displayName ?? ([firstName, lastName].filter(Boolean).join(' ') || name);
}
