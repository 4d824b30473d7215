/** Refusals of the server, which are English sentences, in the language of the page. */

import i18next from 'i18next';

/** What a sentence looks like, and how it is said; `$~1` is a part that is said anew. */
type Saying = readonly [like: string, said: string];

const sayings = new Map<string, readonly (readonly [RegExp, string])[]>();

/** The sayings of a language; they come with its other words. */
export function learn(language: string, said: readonly Saying[]): void {
  sayings.set(
    language,
    said.map(([like, text]) => [new RegExp(like), text]),
  );
}

/** The sentence in the language of the page; those that nobody translated stay as they are. */
export function worded(message: string, language = i18next.language || 'en'): string {
  for (const [like, text] of sayings.get(language.slice(0, 2)) ?? []) {
    const found = like.exec(message);
    if (found)
      return text.replace(/\$(~?)(\d)/g, (_, anew, place) => {
        const part = found[Number(place)] ?? '';
        return anew ? worded(part, language) : part;
      });
  }
  return message;
}
