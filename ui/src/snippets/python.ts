import { type Call, isJson, STRING } from './model.ts';

export function python(call: Call): string {
  const { method, url, headers, body } = call;
  const json = isJson(call) && isFiniteJson(body!);
  // `json=` names the content type by itself.
  const named = headers.filter(([name]) => !json || name.toLowerCase() !== 'content-type');
  const lines = ['import requests', '', `url = ${literal(url)}`];
  if (named.length) {
    lines.push('headers = {');
    for (const [name, value] of named) lines.push(`    ${literal(name)}: ${literal(value)},`);
    lines.push('}');
  }
  if (json) lines.push(`body = ${jsonLiteral(body!)}`);
  else if (body !== null) lines.push(`body = ${literal(body)}`);
  const given = ['url'];
  if (named.length) given.push('headers=headers');
  if (json) given.push('json=body');
  else if (body !== null) given.push('data=body.encode()');
  const verb = method.toLowerCase();
  const known = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'].includes(verb);
  const call_ = known ? `requests.${verb}(` : `requests.request(${literal(method)}, `;
  lines.push('', `response = ${call_}${given.join(', ')})`);
  lines.push('print(response.status_code)', 'print(response.text)');
  return lines.join('\n');
}

/** JSON's escapes are Python's too, once the two-part characters are whole. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

export function jsonLiteral(json: string): string {
  const words: Record<string, string> = { true: 'True', false: 'False', null: 'None' };
  return json
    .trim()
    .replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (token) =>
      token.startsWith('"') ? literal(JSON.parse(token)) : words[token]!,
    );
}

function isFiniteJson(json: string): boolean {
  const numbers = json.replace(STRING, '').match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.every((text) => Number.isFinite(Number(text)));
}
