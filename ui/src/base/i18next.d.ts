import 'i18next';
import type base from '../locales/en/base.json';
import type developer from '../locales/en/developer.json';
import type publisher from '../locales/en/publisher.json';
import type studio from '../locales/en/studio.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'developer';
    resources: {
      base: typeof base;
      developer: typeof developer;
      publisher: typeof publisher;
      studio: typeof studio;
    };
  }
}
