import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf, failureOf } from './told.ts';

test('lines of the log are known by what happened', () => {
  assert.deepEqual(eventOf('planned: 4 chunks'), { key: 'cut', count: 4 });
  assert.deepEqual(eventOf('planned: one worker does it at once'), {
    key: 'planned',
    what: 'one worker does it at once',
  });
  assert.deepEqual(eventOf('chunk 3 waits for 0.5 s: the store is away'), {
    key: 'chunkWaits',
    chunk: '3',
    seconds: 0.5,
    what: 'the store is away',
  });
  assert.equal(eventOf('something newer than this page'), null);
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
