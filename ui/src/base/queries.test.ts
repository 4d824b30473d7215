import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryObserver } from '@tanstack/react-query';
import { Queries } from './queries.ts';

test('a first reading that began before a change is begun again after it', async () => {
  const queries = new Queries();
  let stored = 'before';
  const answers: (() => void)[] = [];
  const read = () => {
    const seen = stored;
    return new Promise<string>((resolve) => answers.push(() => resolve(seen)));
  };
  const observer = new QueryObserver(queries, { queryKey: ['thing'], queryFn: read });
  const end = observer.subscribe(() => undefined);
  assert.equal(answers.length, 1);
  stored = 'after';
  const refreshed = queries.invalidateQueries({ queryKey: ['thing'] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  answers[0]?.();
  for (let turn = 0; turn < 100 && answers.length < 2; turn++)
    await new Promise((resolve) => setTimeout(resolve, 1));
  answers[1]?.();
  await refreshed;
  assert.equal(observer.getCurrentResult().data, 'after');
  end();
  queries.clear();
});
