/** What a row refers to by its id: `/users` and `user1`. */
export type Reference = { path: string; name: string };

/** The server reads conditions of some length only. */
const AT_ONCE = 25;

/** Each kind's ids, every one once, in portions that a condition can name. */
export function gathered(references: Reference[]): { path: string; names: string[] }[] {
  const kinds = new Map<string, Set<string>>();
  for (const { path, name } of references)
    kinds.set(path, (kinds.get(path) ?? new Set()).add(name));
  return [...kinds].flatMap(([path, set]) => {
    const names = [...set].sort();
    const portions = Math.ceil(names.length / AT_ONCE);
    return Array.from({ length: portions }, (_, at) => ({
      path,
      names: names.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
    }));
  });
}
