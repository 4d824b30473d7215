import assert from 'node:assert/strict';
import { test } from 'node:test';
import { before, during, filled, growth, intervalOf, NOTHING, spanOf } from './report.ts';

const NOW = Date.parse('2026-03-01T10:07:30Z');

test('a span ends with the minute that is running', () => {
  const span = spanOf('1h', NOW);
  assert.equal(new Date(span.to).toISOString(), '2026-03-01T10:08:00.000Z');
  assert.equal(span.to - span.from, 3_600_000);
  assert.equal(before(span).to, span.from);
});

test('a filter names both ends in whole seconds', () => {
  const text = during(spanOf('1h', NOW));
  assert.equal(
    text,
    "timestamp ge datetime'2026-03-01T09:08:00' and timestamp lt datetime'2026-03-01T10:08:00'",
  );
  assert.equal(intervalOf('90d'), 'PT2880M');
});

test('every interval has a bucket, and records fall into theirs', () => {
  const record = { ...NOTHING, timestamp: '2026-03-01T09:30:00Z', callCountTotal: 7 };
  const buckets = filled([record], '1h', spanOf('1h', NOW));
  assert.equal(buckets.length, 5);
  assert.deepEqual(
    buckets.map((one) => one.record?.callCountTotal ?? 0),
    [0, 0, 7, 0, 0],
  );
});

test('growth of nothing is not told', () => {
  assert.equal(growth(5, 0), null);
  assert.equal(growth(5, 4), 0.25);
});
