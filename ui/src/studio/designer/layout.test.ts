import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item, Place, Wire } from './canvas.ts';
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

test('a chain stands in one line, and what feeds two stands between them', () => {
  const items = ['data', 'split', 'left', 'right', 'score'].map(item);
  const wires = [
    wire('data', 'split'),
    wire('split', 'left'),
    wire('split', 'right'),
    wire('left', 'score'),
    wire('right', 'score'),
  ];
  const { data, split, left, right, score } = laidOut({ items, wires });
  assert.deepEqual([data!.x, score!.x], [split!.x, split!.x]);
  assert.equal(split!.x - left!.x, right!.x - split!.x);
});

test('boxes stand in the order of the ports they feed', () => {
  const items = ['data', 'learner', 'train'].map(item);
  const into = (from: string, port: string): Wire => ({
    from: { id: from, port: 'out' },
    to: { id: 'train', port },
  });
  const wires = [into('data', 'Dataset'), into('learner', 'Untrained model')];
  const { data, learner } = laidOut(
    { items, wires },
    { port: ({ port }) => ({ Dataset: 37, 'Untrained model': -37 })[port] ?? 0 },
  );
  assert.ok(learner!.x < data!.x);
});

test('two trainings beside each other, thirty boxes in all, cross nowhere', () => {
  const names = [...'abcde'].flatMap((part) =>
    ['data', 'learner', 'split', 'train', 'score', 'look'].map((name) => `${part}${name}`),
  );
  const wires = [...'abcde'].flatMap((part) =>
    [
      ['data', 'split'],
      ['learner', 'train'],
      ['split', 'train'],
      ['split', 'score'],
      ['train', 'score'],
      ['score', 'look'],
    ].map(([from, to]) => wire(`${part}${from}`, `${part}${to}`)),
  );
  const jumbled = names.map((_, at) => names[(at * 7) % names.length]!);
  const places = laidOut({ items: jumbled.map(item), wires });
  const lines = wires.map(({ from, to }) => [places[from.id]!, places[to.id]!] as const);
  const side = (a: Place, b: Place, c: Place) =>
    Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
  for (const [a, b] of lines)
    for (const [c, d] of lines) {
      const crosses = side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
      assert.ok(!crosses);
    }
});

test('what is not connected stands in a block below', () => {
  const items = ['a', 'b', ...'123456789'].map(item);
  const places = laidOut({ items, wires: [wire('a', 'b')] });
  const loose = [...'123456789'].map((id) => places[id]!);
  assert.ok(loose.every(({ y }) => y > places.b!.y));
  assert.equal(new Set(loose.map(({ x }) => x)).size, 3);
});
