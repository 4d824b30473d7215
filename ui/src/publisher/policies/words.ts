import { language } from '../../base/i18n.ts';
import polish from './polish.json';

export type Said = { text: string; lang: 'en' | 'pl' };

/** A sentence of the shelf in the language of the page; English where Polish lacks. */
export function said(sentence: string): Said {
  const words = language() === 'pl' && (polish as Record<string, string>)[sentence];
  const text = words || sentence;
  return { text: text.replaceAll('`', ''), lang: words ? 'pl' : 'en' };
}
