import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Api, decoded, draftOf, encoded, headersOf, plainest, urlOf } from './request.ts';

const api: Api = {
  displayName: 'Demo',
  path: 'demo',
  apiRevision: '1',
  isCurrent: true,
  protocols: ['http'],
  subscriptionRequired: true,
  subscriptionKeyParameterNames: { header: 'Key', query: 'key' },
};
const operation = {
  displayName: 'a',
  method: 'POST',
  urlTemplate: '/jobs/{job}/start?api-version={api-version}',
  templateParameters: [
    { name: 'job', type: 'string' },
    { name: 'api-version', type: 'string', defaultValue: '2.0' },
  ],
  request: {
    queryParameters: [{ name: 'details', type: 'boolean', required: true, values: ['true'] }],
    representations: [
      { contentType: 'application/json', examples: { default: { value: { a: 1 } } } },
    ],
  },
};

test('a draft begins with defaults, required parameters and the example', () => {
  const draft = draftOf(operation);
  assert.deepEqual(draft.template, { job: '', 'api-version': '2.0' });
  assert.deepEqual(draft.query, [{ name: 'details', value: 'true' }]);
  assert.deepEqual(draft.headers, [{ name: 'Content-Type', value: 'application/json' }]);
  assert.equal(draft.body, '{\n  "a": 1\n}');
});

test('a URL has its parameters encoded', () => {
  const draft = draftOf(operation);
  draft.template.job = 'a/b ż';
  assert.equal(
    urlOf('http://gw/', api, null, operation, draft),
    'http://gw/demo/jobs/a%2Fb%20%C5%BC/start?api-version=2.0&details=true',
  );
});

test('a parameter that is empty keeps its place', () => {
  const url = urlOf('http://gw', api, null, operation, draftOf(operation));
  assert.equal(url, 'http://gw/demo/jobs/{job}/start?api-version=2.0&details=true');
});

test('versions and revisions stand where the scheme says', () => {
  const draft = { template: {}, query: [], headers: [], body: '' };
  const plain = { displayName: 'a', method: 'GET', urlTemplate: '/' };
  const versioned = { ...api, apiVersion: 'v2' };
  const at = (scheme: string, of: Api = versioned) =>
    urlOf('http://gw', of, { versioningScheme: scheme, versionQueryName: 'v' }, plain, draft);
  assert.equal(at('Segment'), 'http://gw/demo/v2/');
  assert.equal(at('Query'), 'http://gw/demo/?v=v2');
  assert.equal(
    at('Segment', { ...versioned, isCurrent: false, apiRevision: '3' }),
    'http://gw/demo/v2;rev=3/',
  );
  const scheme = { versioningScheme: 'Header', versionHeaderName: 'Version' };
  assert.deepEqual(headersOf(versioned, scheme, draft, 'k'), [
    ['Key', 'k'],
    ['Version', 'v2'],
  ]);
});

test('bodies survive the way', () => {
  assert.equal(decoded(encoded('zażółć\n')), 'zażółć\n');
});

test('one begins with what is called at once, never with what deletes', () => {
  const named = (method: string, urlTemplate: string) => {
    const names = [...urlTemplate.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const templateParameters = names.map((name) => ({ name, type: 'string', required: true }));
    const properties = { displayName: urlTemplate, method, urlTemplate, templateParameters };
    return { id: '', name: urlTemplate, properties };
  };
  const first = (...all: ReturnType<typeof named>[]) => plainest(all)?.name;
  const batch = [
    named('POST', '/jobs'),
    named('POST', '/jobs/{id}/start'),
    named('GET', '/jobs/{id}'),
  ];
  assert.equal(first(...batch, named('POST', '/score')), '/score');
  assert.equal(first(...batch), '/jobs');
  assert.equal(first(named('DELETE', '/all'), named('PUT', '/rows/{a}/{b}')), '/rows/{a}/{b}');
  assert.equal(first(named('GET', '/cities/{city}'), named('GET', '/cities')), '/cities');
  assert.equal(first(), undefined);
});
