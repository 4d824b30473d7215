import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOf, titleOf } from './document.ts';

test('the format of a text is told by how it begins', () => {
  assert.equal(formatOf('{"openapi": "3.0.1"}', false), 'openapi+json');
  assert.equal(formatOf('{\n  "swagger": "2.0"}', false), 'swagger-json');
  assert.equal(formatOf('openapi: 3.1.0', false), 'openapi');
  assert.equal(formatOf('<?xml version="1.0"?><wsdl:definitions name="a">', false), 'wsdl');
  assert.equal(formatOf('<application xmlns="…">', false), 'wadl-xml');
});

test('the format of a link is told by how it ends', () => {
  assert.equal(formatOf('https://a/b.yaml?x=1', true), 'openapi-link');
  assert.equal(formatOf('https://a/swagger.json', true), 'swagger-link-json');
  assert.equal(formatOf('https://a/service?WSDL', true), 'wsdl-link');
});

test('the title is found in JSON, YAML and XML', () => {
  assert.equal(titleOf('{"info": {"title": "Pets"}}'), 'Pets');
  assert.equal(
    titleOf('openapi: 3.0.0\ninfo:\n  version: 1\n  title: "My Pets"\npaths: {}'),
    'My Pets',
  );
  assert.equal(titleOf('<definitions><service name="Calc"/></definitions>'), 'Calc');
  assert.equal(titleOf('{broken'), '');
});
