import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gathered } from './gathered.ts';

test('ids of each kind are asked for once, in portions', () => {
  const users = Array.from({ length: 30 }, (_, at) => ({ path: '/users', name: `u${at}` }));
  const product = { path: '/products', name: 'starter' };
  const portions = gathered([...users, product, product, ...users]);
  assert.deepEqual(
    portions.map(({ path, names }) => [path, names.length]),
    [
      ['/users', 25],
      ['/users', 5],
      ['/products', 1],
    ],
  );
  assert.equal(new Set(portions.flatMap(({ names }) => names)).size, 31);
});
