import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { learn } from './worded.ts';

export type Language = 'en' | 'pl';
export type Face = 'developer' | 'publisher' | 'studio';
export const LANGUAGES: readonly Language[] = ['en', 'pl'];

type Catalogue = Record<string, unknown>;
const catalogues = import.meta.glob<{ default: Catalogue }>('../locales/*/*.json');
const refusals = import.meta.glob<{ default: [string, string][] }>('../locales/refusals.*.json');

let face: Face = 'developer';

export function language(): Language {
  return document.documentElement.lang === 'pl' ? 'pl' : 'en';
}

/** BCP 47 tag for Intl: dates and numbers follow the language of the page. */
export function locale(): string {
  return language() === 'pl' ? 'pl-PL' : 'en-GB';
}

export async function startTranslation(shown: Face): Promise<void> {
  face = shown;
  const lng = language();
  await i18next.use(initReactI18next).init({
    lng,
    fallbackLng: false,
    ns: ['base', face],
    defaultNS: face,
    resources: { [lng]: await load(lng) },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export async function switchLanguage(lng: Language): Promise<void> {
  for (const [name, words] of Object.entries(await load(lng)))
    i18next.addResourceBundle(lng, name, words, true, true);
  document.documentElement.lang = lng;
  remember('bramka-language', lng);
  await i18next.changeLanguage(lng);
}

/** A choice the console reads when it next sends a page, so that nothing flickers. */
export function remember(name: 'bramka-language' | 'bramka-scheme', value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in some browsers
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

async function load(lng: Language): Promise<Record<string, Catalogue>> {
  const said = refusals[`../locales/refusals.${lng}.json`]!();
  const words = await Promise.all(
    ['base', face].map(async (name) => {
      const found = await catalogues[`../locales/${lng}/${name}.json`]!();
      return [name, found.default] as const;
    }),
  );
  learn(lng, (await said).default);
  return Object.fromEntries(words);
}
