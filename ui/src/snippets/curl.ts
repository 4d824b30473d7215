import type { Call } from './model.ts';

export function curl({ method, url, headers, body }: Call): string {
  const lines = [`curl --request ${method} ${shell(url)}`];
  for (const [name, value] of headers) {
    // curl leaves out a header without value, unless it ends in a semicolon.
    lines.push(`--header ${shell(value ? `${name}: ${value}` : `${name};`)}`);
  }
  // `--data-raw` takes a leading @ as it is.
  if (body !== null) lines.push(`--data-raw ${shell(body)}`);
  return lines.join(' \\\n  ');
}

function shell(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
