import { type Call, isJson, numbersAreSafe } from './model.ts';

export function javascript(call: Call): string {
  const { method, url, headers, body } = call;
  const lines = [`const response = await fetch(${JSON.stringify(url)}, {`];
  lines.push(`  method: ${JSON.stringify(method)},`);
  if (headers.length) {
    lines.push('  headers: {');
    for (const [name, value] of headers)
      lines.push(`    ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
    lines.push('  },');
  }
  if (body !== null) {
    // An object literal reads well, where it means the same as the text.
    const plain = isJson(call) && numbersAreSafe(body) && !body.includes('__proto__');
    const escaped = plain && !/"__prot|\\u005f/i.test(body);
    lines.push(`  body: ${escaped ? `JSON.stringify(${body.trim()})` : JSON.stringify(body)},`);
  }
  lines.push('});', 'console.log(response.status);', 'console.log(await response.text());');
  return lines.join('\n');
}
