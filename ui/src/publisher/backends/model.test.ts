import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Backend, backendOf, formOf, rangesIn } from './model.ts';

test('ranges of codes are read as people write them', () => {
  assert.deepEqual(rangesIn('500-599, 429'), [
    { min: 500, max: 599 },
    { min: 429, max: 429 },
  ]);
  assert.deepEqual(rangesIn(' '), [{ min: 500, max: 599 }]);
});

test('what a form does not show is kept', () => {
  const backend: Backend = {
    type: 'Single',
    url: 'https://a.example',
    title: null,
    description: null,
    credentials: { certificateIds: [], query: { key: ['x'] }, header: null, authorization: null },
    tls: { validateCertificateChain: false, validateCertificateName: true },
    circuitBreaker: {
      rules: [
        {
          name: 'mine',
          failureCondition: {
            interval: 'PT5M',
            count: 3,
            statusCodeRanges: [{ min: 500, max: 500 }],
          },
          tripDuration: 'PT2M',
          acceptRetryAfter: true,
        },
      ],
    },
  };
  assert.deepEqual(backendOf(formOf(backend), false), backend);
});

test('a pool names its members with their weights', () => {
  const services = [{ id: '/x/backends/a', weight: 3, priority: 1 }];
  const form = formOf({ type: 'Pool', url: '', pool: { services } });
  form.members.push('b');
  assert.deepEqual(backendOf(form, true).pool, {
    services: [{ id: '/backends/a', weight: 3, priority: 1 }, { id: '/backends/b' }],
  });
});
