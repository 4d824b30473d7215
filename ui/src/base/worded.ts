/** Refusals of the server, which are English sentences, in the language of the page. */

import i18next from 'i18next';

/** What a sentence looks like, and how it is said; `$~1` is a part that is said anew. */
type Saying = { like: RegExp; en?: string; pl: string };

const SAYINGS: readonly Saying[] = [
  // What fields are told.
  {
    like: /^(?:Object missing required field `.*`|Expected `str` of length >= 1)$/,
    en: 'Fill this in.',
    pl: 'Wypełnij to pole.',
  },
  {
    like: /^Expected `str` of length <= (\d+)$/,
    en: 'Use at most $1 characters.',
    pl: 'Użyj najwyżej $1 znaków.',
  },
  {
    like: /^Expected `str` matching regex '(.*)'$/,
    en: 'This has a character that cannot stand here; allowed is $1',
    pl: 'Jest tu znak, którego użyć nie można; dozwolone: $1',
  },
  {
    like: /^Expected `int` >= (\d+)$/,
    en: 'Give a whole number from $1 on.',
    pl: 'Podaj liczbę całkowitą nie mniejszą niż $1.',
  },
  {
    like: /^Expected `int` <= (\d+)$/,
    en: 'Give a whole number up to $1.',
    pl: 'Podaj liczbę całkowitą nie większą niż $1.',
  },
  { like: /^'(.*)' is not an email address$/, pl: '„$1” nie jest adresem e-mail' },
  {
    like: /^'(.*)' is not an http or https address$/,
    pl: '„$1” nie jest adresem http ani https',
  },
  {
    like: /^'(.*)' is not an http, https, ws or wss address$/,
    pl: '„$1” nie jest adresem http, https, ws ani wss',
  },
  {
    like: /^'(.*)' is not a path of plain segments: a\/b$/,
    pl: '„$1” nie jest ścieżką ze zwykłych członów: a/b',
  },
  { like: /^has fewer than (\d+) characters$/, pl: 'ma mniej niż $1 znaków' },
  {
    like: /^cannot be opened: it is no PFX, or the password is another one$/,
    pl: 'nie można otworzyć: to nie jest PFX albo hasło jest inne',
  },
  { like: /^is not (XHTML|XML|JSON|base64): (.*)$/, pl: 'to nie jest $1: $2' },
  {
    like: /^parameter '(.*)' is missing in (.*)$/,
    pl: 'brakuje parametru „$1” ($2)',
  },
  // What accounts are told.
  {
    like: /^The password has (\d+) characters; choose one with (\d+) to (\d+)\.$/,
    pl: 'Hasło ma $1 zn.; wybierz takie, które ma od $2 do $3.',
  },
  { like: /^The password is not right\.$/, pl: 'Hasło nie jest poprawne.' },
  { like: /^The link opens nothing any more\.$/, pl: 'Ten odnośnik już niczego nie otwiera.' },
  {
    like: /^User '(.*)' already has this email address\.$/,
    pl: 'Ten adres e-mail ma już użytkownik „$1”.',
  },
  {
    like: /^the first administrator cannot be deleted$/,
    pl: 'pierwszego administratora nie można usunąć',
  },
  {
    like: /^User '.*' is the only owner; make somebody else one first\.$/,
    pl: 'To jedyny właściciel; najpierw uczyń właścicielem kogoś innego.',
  },
  {
    like: /^User '.*' owns (\d+) subscription\(s\); delete them first .*$/,
    pl: 'Ta osoba ma subskrypcje ($1); najpierw je usuń.',
  },
  {
    like: /^User '.*' has (\d+) of (\d+) possible subscriptions to product '.*'\.$/,
    pl: 'Wykorzystano $1 z $2 możliwych subskrypcji tego produktu.',
  },
  // What stands in the way of a change.
  { like: /^[\w ]+ '(.*)' not found\.$/, pl: 'Nie znaleziono: „$1”.' },
  {
    like: /^API '(.*)' is already served at path '(.*)'(?: in version .*)?; choose .*$/,
    pl: 'Pod ścieżką „$2” jest już API „$1”; wybierz inną ścieżkę lub wersję.',
  },
  {
    like: /^Operation '(.*)' already answers (\w+) (.*); a call could not be told apart\.$/,
    pl: 'Na $2 $3 odpowiada już operacja „$1”; wywołań nie dałoby się rozróżnić.',
  },
  {
    like: /^Product '.*' has (\d+) subscription\(s\); delete them first .*$/,
    pl: 'Ten produkt ma subskrypcje ($1); najpierw je usuń.',
  },
  {
    like: /^Version set '.*' is used by API '(.*)'; take it out of there first\.$/,
    pl: 'Używa go API „$1”; najpierw je stamtąd wyjmij.',
  },
  {
    like: /^Named value '.*' is used by policies: (.*); take (.*) out of them first\.$/,
    pl: 'Używają jej zasady: $1; najpierw usuń z nich $2.',
  },
  {
    like: /^Group '.*' is built in; it cannot be changed or deleted\.$/,
    pl: 'Ta grupa jest wbudowana; nie można jej zmienić ani usunąć.',
  },
  {
    like: /^The document cannot be imported: ([\s\S]*)$/,
    pl: 'Nie można zaimportować dokumentu: $~1',
  },
  { like: /^at (#\S*) ([\s\S]*)$/, pl: 'w $1: $~2' },
  { like: /^it is not (JSON|YAML|XML): ([\s\S]*)$/, pl: 'to nie jest $1: $2' },
  {
    like: /^neither 'swagger: 2\.0' nor 'openapi: 3\.0' or 3\.1 is said$/,
    pl: 'nie podano ani „swagger: 2.0”, ani „openapi: 3.0” lub 3.1',
  },
  // What the editor of policies is told.
  {
    like: /^Error in element '(.*?)' on line (\d+), column (\d+): ([\s\S]*)$/,
    pl: 'Błąd w elemencie „$1”, wiersz $2, kolumna $3: $~4',
  },
  { like: /^in fragment '(.*?)': ([\s\S]*)$/, pl: 'we fragmencie „$1”: $~2' },
  {
    like: /^(<.*>) is not a policy; did you mean (<.*>)\?$/,
    pl: '$1 nie jest zasadą; czy chodziło o $2?',
  },
  { like: /^(<.*>) is not a policy$/, pl: '$1 nie jest zasadą' },
  {
    like: /^attribute '(.*?)' is '(.*)': it must be a whole number of at least (\d+)$/,
    pl: 'atrybut „$1” ma wartość „$2”, a musi być liczbą całkowitą nie mniejszą niż $3',
  },
  {
    like: /^attribute '(.*?)' is '(.*)': it must be a whole number$/,
    pl: 'atrybut „$1” ma wartość „$2”, a musi być liczbą całkowitą',
  },
  {
    like: /^has no attribute '(.*)'; did you mean '(.*)'\?$/,
    pl: 'nie ma atrybutu „$1”; czy chodziło o „$2”?',
  },
  { like: /^has no attribute '(.*)'$/, pl: 'nie ma atrybutu „$1”' },
  { like: /^needs the attribute '(.*)'$/, pl: 'wymaga atrybutu „$1”' },
  { like: /^cannot stand in (\w+); it can in (.*)$/, pl: 'nie może stać w $1; może w $2' },
  { like: /^stands twice$/, pl: 'występuje dwa razy' },
  { like: /^(\w+) has no member (\w+)$/, pl: '$1 nie ma składowej $2' },
  {
    like: /^there is no named value '(.*?)'(?:; did you mean '(.*)'\?)?$/,
    pl: 'nie ma wartości nazwanej „$1”',
  },
  { like: /^there is no fragment '(.*)'$/, pl: 'nie ma fragmentu „$1”' },
  { like: /^there is no backend '(.*)'$/, pl: 'nie ma zaplecza „$1”' },
  {
    like: /^not well-formed: (<.*>) of line (\d+) is not closed before (<.*>)$/,
    pl: 'zły XML: $1 z wiersza $2 nie jest zamknięty przed $3',
  },
];

/** The sentence in the language of the page; those that nobody translated stay as they are. */
export function worded(message: string, language = i18next.language || 'en'): string {
  for (const { like, en, pl } of SAYINGS) {
    const text = language.startsWith('pl') ? pl : en;
    const found = text === undefined ? null : like.exec(message);
    if (found && text !== undefined)
      return text.replace(/\$(~?)(\d)/g, (_, anew, place) => {
        const part = found[Number(place)] ?? '';
        return anew ? worded(part, language) : part;
      });
  }
  return message;
}
