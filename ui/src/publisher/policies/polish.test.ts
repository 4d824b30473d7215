import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const polish: Record<string, string> = JSON.parse(
  readFileSync('src/publisher/policies/polish.json', 'utf-8'),
);

test('what is said in Polish ends like the English, and names the same things', () => {
  const named = (text: string): string[] => text.match(/`[^`]+`/g) ?? [];
  for (const [english, text] of Object.entries(polish)) {
    assert.equal(text.at(-1), english.at(-1), english);
    for (const name of named(text)) assert.ok(named(english).includes(name), `${english}: ${name}`);
  }
});
