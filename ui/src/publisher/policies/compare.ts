/** Two texts side by side, line by line: what was taken away and what came. */

export type Line = {
  kind: 'same' | 'gone' | 'new';
  text: string;
  old: number | null;
  now: number | null;
};

const MOST = 4_000_000;

/** The shortest way from one text to the other; longer ones are told as all new. */
export function compare(before: string, after: string): Line[] {
  const old = before ? before.split('\n') : [];
  const now = after ? after.split('\n') : [];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old.at(-1 - end) === now.at(-1 - end)
  )
    end += 1;
  const middle = between(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const lines: Line['kind'][] = [
    ...Array<Line['kind']>(start).fill('same'),
    ...middle,
    ...Array<Line['kind']>(end).fill('same'),
  ];
  return numbered(lines, old, now);
}

/** Steps by the longest common subsequence. */
function between(old: readonly string[], now: readonly string[]): Line['kind'][] {
  const all: Line['kind'][] = [...old.map(() => 'gone' as const), ...now.map(() => 'new' as const)];
  if (!old.length || !now.length || old.length * now.length > MOST) return all;
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      longest[i * width + j] =
        old[i] === now[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const steps: Line['kind'][] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const same = i < old.length && j < now.length && old[i] === now[j];
    if (same) [i, j] = [i + 1, j + 1];
    const gone =
      !same &&
      i < old.length &&
      (j >= now.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!);
    if (!same && gone) i += 1;
    if (!same && !gone) j += 1;
    steps.push(same ? 'same' : gone ? 'gone' : 'new');
  }
  return steps;
}

function numbered(steps: Line['kind'][], before: string[], after: string[]): Line[] {
  let [old, now] = [0, 0];
  return steps.map((kind) => {
    const text = kind === 'new' ? after[now] : before[old];
    if (kind !== 'new') old += 1;
    if (kind !== 'gone') now += 1;
    return {
      kind,
      text: text ?? '',
      old: kind === 'new' ? null : old,
      now: kind === 'gone' ? null : now,
    };
  });
}
