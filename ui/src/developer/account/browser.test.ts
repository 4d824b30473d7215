import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOf } from './browser.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test('browsers are told from those they imitate', () => {
  const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0 Safari/537.36`;
  assert.equal(browserOf(windows), 'Chrome, Windows');
  assert.equal(browserOf(`${windows} Edg/126.0`), 'Edge, Windows');
  assert.equal(browserOf(`${windows} OPR/111.0`), 'Opera, Windows');
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1';
  assert.equal(browserOf(phone), 'Safari, iPhone');
  const fox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
  assert.equal(browserOf(fox), 'Firefox, Linux');
});

test('a program that is no browser keeps its own name', () => {
  assert.equal(browserOf('curl/8.5.0'), '');
  assert.equal(browserOf(''), '');
});
