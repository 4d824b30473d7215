import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blank, inserted, kindOf, offered, type PolicyElement, schemaOf } from './elements.ts';

const limit: PolicyElement = {
  name: 'rate-limit',
  summary: 'Refuse a subscription that calls too often.',
  description: '',
  example: '<rate-limit calls="5" renewal-period="60" />',
  sections: ['inbound'],
  scopes: ['product', 'api', 'operation'],
  once: true,
  attributes: [],
  children: { api: { operation: {} } },
};
const choose: PolicyElement = {
  ...limit,
  name: 'choose',
  summary: 'Do one of several things.',
  example: '<choose>\n  <when condition="@(true)" />\n</choose>',
  sections: ['inbound', 'outbound'],
  scopes: ['global', 'product', 'api', 'operation'],
  children: null,
};

test('sections offer what fits them, and policies what may stand inside', () => {
  const schema = new Map(schemaOf([limit, choose]).map((one) => [one.name, one]));
  assert.deepEqual(schema.get('outbound')?.children, ['base', 'choose']);
  assert.deepEqual(schema.get('choose')?.children, ['rate-limit', 'choose']);
  assert.deepEqual(schema.get('api')?.children, ['operation']);
});

test('only policies of the scope are offered', () => {
  assert.deepEqual(
    offered([limit, choose], 'global', '').map((one) => one.name),
    ['choose'],
  );
  assert.deepEqual(
    offered([limit, choose], 'api', 'often').map((one) => one.name),
    ['rate-limit'],
  );
  assert.equal(kindOf('apis/a/operations/b'), 'operation');
  assert.equal(kindOf(''), 'global');
});

test('a snippet goes into the section where the cursor is', () => {
  const text = blank('api');
  const cursor = text.indexOf('<base />', text.indexOf('<outbound>'));
  const { text: changed } = inserted(text, cursor, choose);
  const outbound = changed.slice(changed.indexOf('<outbound>'), changed.indexOf('</outbound>'));
  assert.match(outbound, /<outbound>\n {4}<choose>\n {6}<when .*\n {4}<\/choose>\n {4}<base \/>\n/);
});

test('a snippet that does not fit there goes to the first section it fits', () => {
  const text = blank('api');
  const { text: changed } = inserted(text, text.indexOf('<on-error>') + 15, limit);
  assert.match(changed, /<inbound>\n {4}<rate-limit calls="5" renewal-period="60" \/>\n {4}<base/);
  assert.equal(inserted('<policies />', 0, limit).at, -1);
});
