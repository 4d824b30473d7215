import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';

const told = (before: string, after: string) =>
  compare(before, after).map(({ kind, text }) => ({ same: ' ', gone: '-', new: '+' })[kind] + text);

test('lines that stay are told once', () => {
  assert.deepEqual(told('a\nb\nc', 'a\nx\nc'), [' a', '-b', '+x', ' c']);
  assert.deepEqual(told('a\nb', 'a\nb'), [' a', ' b']);
});

test('what moved is told where it was and where it is', () => {
  assert.deepEqual(told('a\nb\nc\nd', 'b\nc\na\nd'), ['-a', ' b', ' c', '+a', ' d']);
});

test('a text that was not there is all new', () => {
  assert.deepEqual(told('', 'a\nb'), ['+a', '+b']);
});

test('every line of both texts is told, with its number', () => {
  const lines = compare('one\ntwo\nthree', 'zero\none\nthree\nfour');
  assert.deepEqual(
    lines.filter((one) => one.old).map((one) => one.old),
    [1, 2, 3],
  );
  assert.deepEqual(
    lines.filter((one) => one.now).map((one) => one.now),
    [1, 2, 3, 4],
  );
});
