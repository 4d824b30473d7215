/** Refusals of the server, which are English sentences, in the language of the page. */

import i18next from 'i18next';
import refusals from '../locales/refusals.json' with { type: 'json' };

/** What a sentence looks like, and how it is said; `$~1` is a part that is said anew. */
type Saying = { like: RegExp; en?: string; pl: string };

const SAYINGS: readonly Saying[] = refusals.map(({ like, ...said }) => ({
  like: new RegExp(like),
  ...said,
}));

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
