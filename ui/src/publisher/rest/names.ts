import { useQueries } from '@tanstack/react-query';
import { gathered, type Reference } from './gathered.ts';
import { type Entity, type Listed, read, useBase } from './management.ts';
import { quoted } from './odata.ts';

/** The names of what rows refer to, read together; the id until it is known. */
export function useNames(references: Reference[]): (reference: Reference) => string {
  const base = useBase();
  const asked = gathered(references);
  const found = useQueries({
    queries: asked.map(({ path, names }) => ({
      queryKey: ['management', path, 'names', names],
      queryFn: () => {
        const $filter = names.map((name) => `name eq ${quoted(name)}`).join(' or ');
        return read<Listed>(base + path, { $top: names.length, $filter });
      },
    })),
  });
  const known = new Map<string, string>();
  asked.forEach(({ path }, place) => {
    for (const row of found[place]?.data?.value ?? [])
      known.set(`${path}/${row.name}`, titleOf(row));
  });
  return ({ path, name }) => known.get(`${path}/${name}`) ?? name;
}

function titleOf({ name, properties }: Entity): string {
  const { displayName, firstName, lastName } = properties;
  return displayName ?? ([firstName, lastName].filter(Boolean).join(' ') || name);
}
