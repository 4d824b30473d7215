import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf, failureOf } from './told.ts';

test('lines of the log are known by what happened', () => {
  assert.equal(eventOf({ Kind: 'cut' }), 'cut');
  assert.equal(eventOf({ Kind: null }), null);
  assert.equal(eventOf({ Kind: 'newer-than-this-page' }), null);
});

test('a failure tells its module, row and cells apart from its reason', () => {
  const details =
    "Module: Hash; Row: 3; Column: a; Value: 'x; y'; Column: b; Value: missing; Job Id: j1. Bad: no.";
  assert.deepEqual(failureOf(details), {
    module: 'Hash',
    row: 3,
    cells: "a = 'x; y'; b = missing",
    reason: 'Bad: no.',
  });
  assert.deepEqual(failureOf("Job Id: j1. The header lacks 'a'."), {
    reason: "The header lacks 'a'.",
  });
  assert.deepEqual(failureOf('publishing failed 5 times: it is away'), {
    reason: 'publishing failed 5 times: it is away',
  });
});
