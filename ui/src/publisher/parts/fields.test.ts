import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/client.ts';
import { type Field, missing, refusals, sendable, valueAt, withValue } from './fields.ts';

const fields: Field[] = [
  { at: 'displayName', label: 'Name', required: true },
  { at: 'termsOfService.text', label: 'Terms' },
  { at: 'value', label: 'Value', kind: 'secret' },
  { at: 'rules', label: 'Rules', kind: 'json' },
  { at: 'limit', label: 'Limit', kind: 'number', when: (values) => values.limited === true },
];

test('values stand at paths', () => {
  const values = withValue({ termsOfService: { enabled: true } }, 'termsOfService.text', 'hello');
  assert.deepEqual(values, { termsOfService: { enabled: true, text: 'hello' } });
  assert.equal(valueAt(values, 'termsOfService.text'), 'hello');
  assert.equal(valueAt(values, 'nothing.here'), undefined);
});

test('a new thing is sent without what is empty', () => {
  const values = { displayName: 'a', termsOfService: { text: '' }, value: '', rules: '{"a": 1}' };
  assert.deepEqual(sendable(fields, values, false), { displayName: 'a', rules: { a: 1 } });
});

test('a change takes away what was emptied, but not a secret', () => {
  const values = { displayName: 'a', termsOfService: { text: '' }, value: '', limit: 3 };
  assert.deepEqual(sendable(fields, values, true), {
    displayName: 'a',
    termsOfService: { text: null },
  });
});

test('what is missing and what cannot be read is told by field', () => {
  const words = { required: 'fill in', json: () => 'not JSON' };
  const found = missing(fields, { displayName: '', rules: '{' }, words);
  assert.deepEqual(
    [...found],
    [
      ['displayName', 'fill in'],
      ['rules', 'not JSON'],
    ],
  );
});

test('a refusal stands at its field, and others above the form', () => {
  const one = { code: 'ValidationError', target: 'text', message: 'too long' };
  const other = { code: 'ValidationError', target: 'elsewhere', message: 'wrong' };
  const body = { code: 'ValidationError', message: 'One or more fields', details: [one] };
  assert.deepEqual(refusals(new ApiError(400, body), fields), {
    byField: new Map([['termsOfService.text', 'too long']]),
    rest: false,
  });
  assert.equal(refusals(new ApiError(400, { ...body, details: [one, other] }), fields).rest, true);
  assert.equal(
    refusals(new ApiError(409, { message: 'taken', target: 'displayName' }), fields).rest,
    false,
  );
});
