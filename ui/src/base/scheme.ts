import { localStorageColorSchemeManager, type MantineColorSchemeManager } from '@mantine/core';
import { remember } from './i18n.ts';

const kept = localStorageColorSchemeManager({ key: 'bramka-scheme' });

/** Also tells the console, which sends the next page in this scheme from the first paint. */
export const schemeKeeper: MantineColorSchemeManager = {
  ...kept,
  set(value) {
    kept.set(value);
    remember('bramka-scheme', value);
  },
};
