import { csharp } from './csharp.ts';
import { curl } from './curl.ts';
import { javascript } from './javascript.ts';
import type { Call } from './model.ts';
import { python } from './python.ts';
import { r } from './r.ts';

export const LANGUAGES = [
  { title: 'curl', language: 'bash', write: curl },
  { title: 'Python', language: 'python', write: python },
  { title: 'R', language: 'r', write: r },
  { title: 'C#', language: 'csharp', write: csharp },
  { title: 'JavaScript', language: 'javascript', write: javascript },
] as const;

/** One call in every language. */
export function samplesOf(call: Call) {
  return LANGUAGES.map(({ title, language, write }) => ({ title, language, code: write(call) }));
}
