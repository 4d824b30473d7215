import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deedOf } from './deed.ts';

test('a verb and a path tell what was done', () => {
  assert.equal(deedOf('POST', '/session'), 'signedIn');
  assert.equal(deedOf('DELETE', '/session'), 'signedOut');
  assert.equal(deedOf('POST', '/subscriptions/a/listSecrets'), 'looked');
  assert.equal(deedOf('POST', '/subscriptions/a/regeneratePrimaryKey'), 'renewed');
  assert.equal(deedOf('PUT', '/subscriptions/listSecrets'), 'saved');
  assert.equal(deedOf('DELETE', '/apis/a'), 'deleted');
  assert.equal(deedOf('TRACE', '/apis/a'), null);
});
