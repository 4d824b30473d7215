import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Counted, partsOf, refused } from './metrics.ts';

const QUIET: Counted = {
  Calls: 0,
  Errors: {},
  Throttled: 0,
  Rows: 0,
  Seconds: 0,
  P50: null,
  P90: null,
  P99: null,
  RowsPerScoring: null,
  CallsPerBatch: null,
};

test('bounds that add up become parts, without empty ends', () => {
  const bounds = [
    { UpTo: '1', Count: 0 },
    { UpTo: '2', Count: 3 },
    { UpTo: '4', Count: 3 },
    { UpTo: '8', Count: 10 },
    { UpTo: '+Inf', Count: 10 },
  ];
  assert.deepEqual(partsOf(bounds), [
    { from: 1, to: 2, count: 3 },
    { from: 2, to: 4, count: 0 },
    { from: 4, to: 8, count: 7 },
  ]);
  assert.deepEqual(partsOf([{ UpTo: '+Inf', Count: 2 }]), [{ from: null, to: null, count: 2 }]);
  assert.deepEqual(partsOf(bounds.map(({ UpTo }) => ({ UpTo, Count: 0 }))), []);
});

test('calls that found no room are told apart from those that failed', () => {
  const counted = { ...QUIET, Errors: { ServiceUnavailable: 3, BadUserArgument: 2 } };
  assert.deepEqual(refused({ ...counted, Throttled: 3 }), { all: 5, failed: 2 });
  assert.deepEqual(refused(QUIET), { all: 0, failed: 0 });
});
