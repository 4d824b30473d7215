import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Canvas, Item } from './canvas.ts';
import { orderOf, stopsOf } from './order.ts';
import type { Shelf } from './ports.ts';

const item = (id: string): Item => ({ id, kind: id === 'data' ? 'saved' : 'module', of: 'm' });
const wire = (from: string, to: string) => ({
  from: { id: from, port: from === 'data' ? 'data' : 'Out' },
  to: { id: to, port: 'In' },
});
const CANVAS: Canvas = {
  items: ['last', 'right', 'left', 'data'].map(item),
  wires: [wire('data', 'left'), wire('data', 'right'), wire('left', 'last'), wire('right', 'last')],
  places: {
    // What lies above its source is reached after it all the same.
    last: { x: 100, y: 0 },
    right: { x: 200, y: 300 },
    left: { x: 0, y: 300 },
    data: { x: 100, y: 200 },
  },
  parameters: [],
};

test('boxes follow the graph, and of two that could come the one read first', () => {
  assert.deepEqual(orderOf(CANVAS), ['data', 'left', 'right', 'last']);
});

test('after a box come its ports, then the wires that leave it', () => {
  const module = {
    Id: 'm',
    InputPorts: [{ Name: 'In', Type: 'DataTable' }],
    OutputPorts: [{ Name: 'Out', Type: 'DataTable' }],
  };
  const shelf = { modules: new Map([['m', module]]), saved: new Map() } as unknown as Shelf;
  const keys = stopsOf(CANVAS, shelf).map(({ key }) => key);
  assert.deepEqual(keys.slice(0, 8), [
    'box:data',
    'source:data:data',
    'wire:data:data→left:In',
    'wire:data:data→right:In',
    'box:left',
    'target:left:In',
    'source:left:Out',
    'wire:left:Out→last:In',
  ]);
});
