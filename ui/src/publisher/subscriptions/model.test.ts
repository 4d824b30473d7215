import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AFTER, shortScope, stepsFrom } from './model.ts';

test('a request is approved or rejected, and what was cancelled stays so', () => {
  assert.deepEqual(
    stepsFrom('submitted').map((one) => AFTER[one]),
    ['active', 'rejected'],
  );
  assert.deepEqual(stepsFrom('cancelled'), []);
});

test('a scope is told without the address of the instance', () => {
  assert.equal(shortScope('/subscriptions/0/x/service/a/products/starter'), 'products/starter');
  assert.equal(shortScope('/subscriptions/0/x/service/a/apis'), 'apis');
  assert.equal(shortScope('/subscriptions/0/x/service/a'), '');
});
