import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tellingOf, type Words } from './telling.ts';

const FILE = '../src/bramka/catalogue/words/pl.json';
const polish = tellingOf(JSON.parse(readFileSync(FILE, 'utf-8')) as Words);

test('a message names ports, parameters and modules in the language', () => {
  assert.equal(
    polish.message("Connect something to input 'Dataset' of Feature Hashing."),
    'Podłącz coś do wejścia „Zestaw danych” modułu „Haszowanie cech”.',
  );
  assert.equal(
    polish.message(
      'Feature Hashing: Error 0008: Parameter "Hashing bitsize" value should be in the range of [1, 31].',
    ),
    'Haszowanie cech: Błąd 0008: Wartość parametru „Liczba bitów skrótu” powinna być w zakresie [1, 31].',
  );
});

test('what people call their columns stays what they call it', () => {
  assert.equal(
    polish.message('Error 0001: Column with name or index "Features" does not exist in "Dataset".'),
    'Błąd 0001: W zestawie „Zestaw danych” nie ma kolumny o nazwie lub numerze „Features”.',
  );
});

test('the words of others, as of a script that failed, stay', () => {
  assert.equal(
    polish.message(
      'Error 0085: Error during evaluation of script. Traceback:\nNameError: name "x" is {1} $& not',
    ),
    'Błąd 0085: Błąd podczas wykonywania skryptu. Traceback:\nNameError: name "x" is {1} $& not',
  );
});

test('what nobody translated is told as it is', () => {
  assert.equal(polish.module('My own module'), 'My own module');
  assert.equal(polish.of('values', 'Mine'), 'Mine');
  assert.equal(polish.message('Something new happened.'), 'Something new happened.');
  assert.equal(tellingOf({}).module('Feature Hashing'), 'Feature Hashing');
});
