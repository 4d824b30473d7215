import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FORMS = /_(zero|one|two|few|many|other)$/;
const folder = 'src/locales';
const faces = readdirSync(`${folder}/en`);

function words(language: string, file: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (at: string, value: unknown): void => {
    if (typeof value === 'string') found.set(at, value);
    else
      for (const [key, inner] of Object.entries(value as object))
        walk(at ? `${at}.${key}` : key, inner);
  };
  walk('', JSON.parse(readFileSync(`${folder}/${language}/${file}`, 'utf-8')));
  return found;
}

function stems(of: Map<string, string>): string[] {
  return [...new Set([...of.keys()].map((key) => key.replace(FORMS, '')))].sort();
}

for (const file of faces) {
  const [english, polish] = [words('en', file), words('pl', file)];

  test(`${file} says the same things in both languages`, () => {
    assert.deepEqual(stems(polish), stems(english));
  });

  test(`${file} has every plural form of each language`, () => {
    for (const [language, catalogue] of [
      ['en', english],
      ['pl', polish],
    ] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const counted = [...catalogue.keys()].filter((key) => FORMS.test(key));
      for (const stem of new Set(counted.map((key) => key.replace(FORMS, ''))))
        for (const form of forms)
          assert.ok(catalogue.has(`${stem}_${form}`), `${language}: ${stem}_${form} is missing`);
    }
  });

  test(`${file} keeps what is put into a sentence`, () => {
    const inserted = (text: string) =>
      [...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name).sort();
    for (const [key, text] of polish) {
      const same = english.get(key) ?? english.get(key.replace(FORMS, '_other')) ?? '';
      const names = new Set([...inserted(text), ...inserted(same)]);
      for (const name of names) {
        if (name === 'count') continue;
        assert.ok(
          inserted(text).includes(name) && inserted(same).includes(name),
          `${key}: {{${name}}} stands in one language only`,
        );
      }
    }
  });
}
