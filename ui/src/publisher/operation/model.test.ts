import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyOperation, faults, following, formOf, namesIn, operationOf } from './model.ts';

test('parameters follow the template and keep what was said of them', () => {
  const known = [{ name: 'job', type: 'string', required: true, description: 'its id' }];
  const found = following('/services/{service}/jobs/{job}?api-version={api-version}', known);
  assert.deepEqual(
    found.map((one) => one.name),
    ['service', 'job', 'api-version'],
  );
  assert.equal(found[1]?.description, 'its id');
  assert.deepEqual(namesIn('/files/{*path}'), ['path']);
});

test('what was read can be sent back unchanged', () => {
  const operation = {
    displayName: 'RRS Execute',
    method: 'POST',
    urlTemplate: '/score',
    description: 'scores',
    templateParameters: [],
    request: {
      description: null,
      queryParameters: [{ name: 'details', type: 'boolean', values: ['true', 'false'] }],
      headers: [],
      representations: [
        {
          contentType: 'application/json',
          schemaId: 'pets',
          typeName: 'Pet',
          examples: { default: { summary: 'one', value: { a: [1] } }, other: { value: 'x' } },
        },
      ],
    },
    responses: [{ statusCode: 200, description: 'well', headers: [], representations: [] }],
  };
  assert.deepEqual(operationOf(formOf(operation)), operation);
});

test('examples that are no JSON are kept as text', () => {
  const form = emptyOperation();
  form.bodies = [
    { contentType: 'text/csv', example: 'a,b\n1,2', kept: { contentType: 'text/csv' } },
  ];
  const sent = operationOf(form).request?.representations?.[0];
  assert.deepEqual(sent?.examples, { default: { value: 'a,b\n1,2' } });
});

test('a form tells what is missing', () => {
  const form = emptyOperation();
  assert.deepEqual(faults(form), ['displayName', 'urlTemplate']);
  const answer = { statusCode: '200', description: '', headers: [], bodies: [] };
  const whole = { ...form, displayName: 'a', urlTemplate: '/', responses: [answer, answer] };
  assert.deepEqual(faults(whole), ['responses']);
});
