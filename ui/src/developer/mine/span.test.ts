import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyPoint, RANGES, spanOf } from './span.ts';

const NOW = new Date('2026-11-23T10:07:30Z');

test('no range has more than some fifty points', () => {
  for (const range of RANGES) {
    const points = everyPoint([], spanOf(range, NOW));
    assert.ok(points.length > 0 && points.length <= 50, `${range}: ${points.length}`);
  }
});

test('what was reported stands at its time, and nothing elsewhere', () => {
  const timestamp = '2026-11-23T09:30:00Z';
  const one = { ...everyPoint([], spanOf('1h', NOW))[0]!, timestamp, callCountTotal: 7 };
  const points = everyPoint([one], spanOf('1h', NOW));
  assert.equal(points.filter((point) => point.callCountTotal === 7).length, 1);
  assert.equal(
    points.reduce((sum, point) => sum + point.callCountTotal, 0),
    7,
  );
});
