import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from './archive.ts';

test('each line of a difference has its number on its side', () => {
  const lines = ['--- a', '+++ b', '@@ -3,3 +3,3 @@', ' same', '-old', '+new', ' end'];
  assert.deepEqual(
    rowsOf(lines).map(({ kind, number }) => [kind, number]),
    [
      ['gap', null],
      ['same', 3],
      ['gone', 4],
      ['new', 4],
      ['same', 5],
    ],
  );
});

test('a new file begins with its first line', () => {
  const lines = ['--- /dev/null', '+++ b', '@@ -0,0 +1,2 @@', '+one', '+-two'];
  assert.deepEqual(rowsOf(lines).slice(1), [
    { kind: 'new', text: 'one', number: 1 },
    { kind: 'new', text: '-two', number: 2 },
  ]);
});
