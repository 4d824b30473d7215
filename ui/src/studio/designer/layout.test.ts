import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item, Wire } from './canvas.ts';
import { laidOut, STEP } from './layout.ts';

const item = (id: string): Item => ({ id, kind: 'module', of: id });
const wire = (from: string, to: string): Wire => ({
  from: { id: from, port: 'a' },
  to: { id: to, port: 'b' },
});

test('data flow downwards, and nothing lies on anything', () => {
  const items = ['a', 'b', 'c', 'd', 'e'].map(item);
  const wires = [wire('a', 'b'), wire('b', 'c'), wire('a', 'c'), wire('d', 'c')];
  const places = laidOut({ items, wires });
  for (const { from, to } of wires) assert.ok(places[from.id]!.y < places[to.id]!.y);
  const seen = new Set(Object.values(places).map(({ x, y }) => `${x},${y}`));
  assert.equal(seen.size, items.length);
});

test('a wire that passes a row has a place of its own there', () => {
  const items = ['a', 'b', 'c'].map(item);
  const places = laidOut({ items, wires: [wire('a', 'b'), wire('b', 'c'), wire('a', 'c')] });
  assert.ok(Math.abs(places.b!.x - places.a!.x) >= STEP.x / 2);
});

test('a circle is laid out too', () => {
  const items = ['a', 'b'].map(item);
  const places = laidOut({ items, wires: [wire('a', 'b'), wire('b', 'a')] });
  assert.equal(Object.keys(places).length, 2);
});
