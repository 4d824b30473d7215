import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brightOn, contrast } from './palette.ts';

const NIGHT = '#232833';

test('a colour is readable by night and stays what it is', () => {
  for (const colour of [
    '#2f4f9e',
    '#b3261e',
    '#0b6e4f',
    '#8a5a00',
    '#000000',
    '#777777',
    '#ffff00',
  ])
    assert.ok(contrast(brightOn(colour, NIGHT), NIGHT) >= 5.6, colour);
  const [red, green, blue] = [1, 3, 5].map((at) =>
    Number.parseInt(brightOn('#2f4f9e', NIGHT).slice(at, at + 2), 16),
  ) as [number, number, number];
  assert.ok(blue > green && green > red && blue - red > 80);
});
