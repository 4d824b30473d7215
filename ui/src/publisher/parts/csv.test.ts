import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from './csv.ts';

test('cells that would break a line are quoted', () => {
  assert.equal(csv([['a,b', 'c"d', 'e\nf', 1.5]]), '"a,b","c""d","e\nf",1.5');
});

test('no cell begins a formula, and numbers stay numbers', () => {
  assert.equal(
    csv([
      ['=1+1', '@x', -3],
      ['plain', '-', ''],
    ]),
    "'=1+1,'@x,-3\r\nplain,'-,",
  );
});
