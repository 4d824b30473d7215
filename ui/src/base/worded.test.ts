import assert from 'node:assert/strict';
import { test } from 'node:test';
import english from '../locales/refusals.en.json' with { type: 'json' };
import polish from '../locales/refusals.pl.json' with { type: 'json' };
import { learn, worded } from './worded.ts';

learn('en', english as [string, string][]);
learn('pl', polish as [string, string][]);

const nested =
  "Error in element 'include-fragment' on line 1, column 20: in fragment 'x': " +
  "Error in element 'nope' on line 1, column 11: <nope> is not a policy";

test('a refusal is said in Polish, with what it names', () => {
  assert.equal(
    worded('The password has 3 characters; choose one with 8 to 256.', 'pl'),
    'Hasło ma 3 zn.; wybierz takie, które ma od 8 do 256.',
  );
  assert.equal(
    worded("attribute 'calls' is '$1': it must be a whole number", 'pl'),
    'atrybut „calls” ma wartość „$1”, a musi być liczbą całkowitą',
  );
});

test('a refusal within a refusal is said as well', () => {
  assert.equal(
    worded(nested, 'pl'),
    'Błąd w elemencie „include-fragment”, wiersz 1, kolumna 20: we fragmencie „x”: ' +
      'Błąd w elemencie „nope”, wiersz 1, kolumna 11: <nope> nie jest zasadą',
  );
});

test('words of machines are for people in English, too; sentences stay', () => {
  assert.equal(worded('Object missing required field `value`', 'en'), 'Fill this in.');
  assert.equal(worded(nested, 'en'), nested);
  assert.equal(worded('Something new.', 'pl'), 'Something new.');
});

test('every saying gives back each part that it names', () => {
  for (const [like, said] of [...english, ...polish] as [string, string][]) {
    const parts = new RegExp(`${like}|`).exec('')?.length ?? 0;
    for (const [, place] of said.matchAll(/\$~?(\d)/g))
      assert.ok(Number(place) < parts, `${like} has no part ${place}`);
  }
});

test('a refusal that more than one saying fits is said by the closest', () => {
  assert.equal(
    worded("attribute 'calls' is 'x'; it must be a whole number from 1 to 9", 'pl'),
    'atrybut „calls” ma wartość „x”, a musi być liczbą całkowitą od 1 do 9',
  );
  assert.equal(worded("'Weather' not found.", 'pl'), 'Nie ma „Weather”.');
  assert.equal(
    worded('Error on line 2, column 3: nested deeper than 100 elements', 'pl'),
    'Błąd, wiersz 2, kolumna 3: zagnieżdżone głębiej niż 100 poziomów',
  );
});
