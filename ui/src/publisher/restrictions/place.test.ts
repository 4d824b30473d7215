import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicesOf, scopeOf } from './place.ts';

test('what people choose and what the server keeps are the same scope', () => {
  for (const scope of [
    '/policies/policy',
    '/products/starter/policies/policy',
    '/apis/demo/policies/policy',
    '/apis/demo/operations/score/policies/policy',
  ])
    assert.equal(scopeOf(choicesOf(scope)), scope);
});

test('an operation stands below its api', () => {
  const scope = scopeOf({ kind: 'operation', api: 'a', operation: 'b', product: 'left over' });
  assert.equal(scope, '/apis/a/operations/b/policies/policy');
});
