import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worded } from './worded.ts';

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
