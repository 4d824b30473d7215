import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Canvas, ONLY, pasted, withItem, without, withWire } from './canvas.ts';
import { readCanvas, writeCanvas } from './document.ts';
import { chosenOf, ofNames, placesOf, readSelector, writeSelector } from './selector.ts';
import { unchanged } from './stale.ts';

const CANVAS: Canvas = {
  items: [
    { id: 'n1', kind: 'module', of: 'm1', comment: "it's", settings: { Bits: '3' }, links: {} },
    { id: 'n2', kind: 'module', of: 'm2', comment: '', settings: {}, links: { Bits: 'Bits' } },
    { id: 'd.1', kind: 'saved', of: 'd.1', saved: 'datasources' },
    { id: 'lone', kind: 'saved', of: 'lone', saved: 'trainedmodels' },
    { id: 'i', kind: 'input', of: 'input1' },
    { id: 'o', kind: 'output', of: 'output1' },
  ],
  wires: [
    { from: { id: 'n1', port: 'Results dataset' }, to: { id: 'n2', port: 'Dataset' } },
    { from: { id: 'd.1', port: ONLY }, to: { id: 'n1', port: 'Dataset' } },
    { from: { id: 'i', port: ONLY }, to: { id: 'n2', port: 'Dataset' } },
    { from: { id: 'n2', port: 'Out' }, to: { id: 'o', port: ONLY } },
  ],
  places: {
    n1: { x: 0, y: 120 },
    n2: { x: 0, y: 240 },
    'd.1': { x: -10, y: 0 },
    lone: { x: 300, y: 0 },
    i: { x: 260, y: 120 },
    o: { x: 0, y: 360 },
  },
  parameters: [{ Name: 'Bits', Value: '3' }],
};

test('what is written is read again, unconnected datasets too', () => {
  const read = readCanvas(writeCanvas(CANVAS));
  const sorted = (canvas: Canvas) => ({
    ...canvas,
    items: [...canvas.items].sort((one, other) => one.id.localeCompare(other.id)),
    wires: canvas.wires.map((wire) => JSON.stringify(wire)).sort(),
  });
  assert.deepEqual(sorted(read), sorted(CANVAS));
});

test('an input takes one wire, and one of the web service besides', () => {
  const canvas = withWire(CANVAS, {
    from: { id: 'd.1', port: ONLY },
    to: { id: 'n2', port: 'Dataset' },
  });
  const into = canvas.wires.filter(({ to }) => to.id === 'n2').map(({ from }) => from.id);
  assert.deepEqual(into.sort(), ['d.1', 'i']);
});

test('what goes takes its wires and its web service parameters along', () => {
  const canvas = without(CANVAS, new Set(['n2']), new Set());
  assert.equal(canvas.wires.length, 1);
  assert.deepEqual(canvas.parameters, []);
});

test('copies have ids of their own', () => {
  let number = 0;
  const [canvas] = pasted(CANVAS, { ...CANVAS, parameters: [] }, () => `new${++number}`);
  const ids = canvas.items.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(canvas.items.filter(({ kind }) => kind === 'module').length, 4);
});

test('what is pasted twice lies on nothing and has names of its own', () => {
  let number = 0;
  const port = (id: string, of: string) => ({ id, kind: 'input' as const, of });
  const clip = {
    items: [port('i1', 'input1'), port('i2', 'input2')],
    wires: [],
    places: { i1: { x: 0, y: 0 }, i2: { x: 260, y: 0 } },
    parameters: [],
  };
  const [once] = pasted(clip, clip, () => `new${++number}`);
  const [twice] = pasted(once, clip, () => `new${++number}`);
  const names = twice.items.map(({ of }) => of);
  assert.deepEqual(names, ['input1', 'input2', 'input3', 'input4', 'input5', 'input6']);
  assert.equal(new Set(Object.values(twice.places).map(({ x, y }) => `${x} ${y}`)).size, 6);
});

test('a result goes stale with its settings and all above it, not with its place', () => {
  const moved = { ...CANVAS, places: {} };
  assert.ok(unchanged(CANVAS, moved).has('n2'));
  const other = {
    ...CANVAS,
    items: CANVAS.items.map((item) => (item.id === 'n1' ? { ...item, settings: {} } : item)),
  };
  assert.ok(!unchanged(CANVAS, other).has('n2'));
  const alone = withItem(CANVAS, { id: 'x', kind: 'module', of: 'm' }, { x: 0, y: 0 });
  assert.ok(unchanged(CANVAS, alone).has('n2'));
});

test('column selectors keep their meaning', () => {
  assert.deepEqual(readSelector(writeSelector(ofNames(['a b', 'ó']))), ofNames(['a b', 'ó']));
  assert.deepEqual(placesOf('1-3,6'), [1, 2, 3, 6]);
  const columns = ['a', 'b', 'c'].map((Name) => ({
    Name,
    Type: Name === 'c' ? 'String' : 'Int32',
    Kind: 'Feature',
    IsCategorical: false,
  }));
  const rules = [
    { ruleType: 'AllColumns' as const, exclude: false },
    { ruleType: 'ColumnTypes' as const, columnTypes: ['String'], columnKinds: [], exclude: true },
  ];
  const selector = { isFilter: true, rules, ui: { withRules: true } };
  assert.deepEqual(chosenOf(selector, columns), ['a', 'b']);
});
