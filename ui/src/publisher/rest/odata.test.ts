import assert from 'node:assert/strict';
import { test } from 'node:test';
import { both, containing, equal, idFor, nameOf, ordered } from './odata.ts';

test('a search looks into every field and doubles quotes', () => {
  assert.equal(
    containing(['a', 'b'], " O'Neil "),
    "contains(a,'O''Neil') or contains(b,'O''Neil')",
  );
  assert.equal(containing(['a'], '  '), '');
});

test('conditions are joined and keep their brackets', () => {
  assert.equal(both('', ''), '');
  assert.equal(both('x eq 1', ''), 'x eq 1');
  assert.equal(both('a or b', equal('state', 'active')), "(a or b) and state eq 'active'");
  assert.equal(equal('isCurrent', 'true'), 'isCurrent eq true');
});

test('an order names its direction', () => {
  assert.equal(ordered({ by: 'path', descending: true }), 'path desc');
  assert.equal(ordered(null), '');
});

test('an id is made of the letters and digits of a title', () => {
  assert.equal(idFor('AzureML Demo API'), 'azureml-demo-api');
  assert.equal(idFor('Zażółć gęślą jaźń!'), 'zazolc-gesla-jazn');
  assert.equal(idFor('…'), '');
  assert.equal(nameOf('/a/products/starter'), 'starter');
});
