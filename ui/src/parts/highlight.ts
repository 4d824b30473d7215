import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import csharp from 'highlight.js/lib/languages/csharp';
import http from 'highlight.js/lib/languages/http';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import xml from 'highlight.js/lib/languages/xml';

const languages = { bash, csharp, http, javascript, json, python, r, xml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

export type CodeLanguage = keyof typeof languages | 'text';

/** HTML of highlighted code; everything from the code itself is escaped. */
export function highlighted(code: string, language: CodeLanguage): string {
  return hljs.highlight(code, { language }).value;
}
