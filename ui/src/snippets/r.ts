import { type Call, header } from './model.ts';

export function r(call: Call): string {
  const { method, url, headers, body } = call;
  const type = header(call, 'content-type') ?? 'application/octet-stream';
  // httr2 writes the content type of a body by itself.
  const named = headers.filter(([name]) => body === null || name.toLowerCase() !== 'content-type');
  const steps = [`request(${literal(url)})`, `req_method(${literal(method)})`];
  if (named.length) {
    const pairs = named.map(([name, value]) => `\`${name}\` = ${literal(value)}`);
    steps.push(`req_headers(\n    ${pairs.join(',\n    ')}\n  )`);
  }
  if (body !== null) steps.push(`req_body_raw(body, type = ${literal(type)})`);
  // A refusal is an answer here, not an error that hides it.
  steps.push('req_error(is_error = function(response) FALSE)', 'req_perform()');
  const lines = ['library(httr2)', ''];
  if (body !== null) lines.push(`body <- ${raw(body)}`, '');
  lines.push(`response <- ${steps.join(' |>\n  ')}`, '');
  lines.push('cat(resp_status(response), "\\n")');
  lines.push('if (resp_has_body(response)) cat(resp_body_string(response), "\\n")');
  return lines.join('\n');
}

/** A raw string whose end does not occur in the text. */
function raw(text: string): string {
  let dashes = '---';
  while (text.includes(`)${dashes}"`)) dashes += '-';
  return `r"${dashes}(${text})${dashes}"`;
}

function literal(text: string): string {
  return JSON.stringify(text);
}
