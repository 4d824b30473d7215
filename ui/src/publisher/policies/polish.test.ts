import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const polish: Record<string, string> = JSON.parse(
  readFileSync('src/publisher/policies/polish.json', 'utf-8'),
);

test('what is said in Polish is said of policies that there are', () => {
  const files = readdirSync('../src/bramka/policies').filter((name) => /^[a-z]\w*\.py$/.test(name));
  const policies = files.map((name) => name.slice(0, -3).replaceAll('_', '-'));
  assert.deepEqual(
    Object.keys(polish).filter((name) => !policies.includes(name)),
    [],
  );
});

test('a sentence has an end', () => {
  for (const [name, text] of Object.entries(polish)) assert.match(text, /\.$/, name);
});
