import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidesOf } from './guides.ts';

const box = (x: number, y: number, height = 44) => ({ x, y, width: 220, height });

test('a box under another has a line down the middle of both', () => {
  assert.deepEqual(guidesOf(box(100, 200), [box(100, 0), box(700, 90)]), [
    { way: 'down', at: 210, from: -12, to: 256 },
  ]);
});

test('boxes of other heights stand in one line by their upper edges', () => {
  assert.deepEqual(guidesOf(box(0, 50), [box(400, 50, 60)]), [
    { way: 'across', at: 50, from: -12, to: 632 },
  ]);
});

test('what stands in no line with others has none', () => {
  assert.deepEqual(guidesOf(box(0, 0), [box(30, 70)]), []);
});
