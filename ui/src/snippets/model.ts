/** A call as the samples write it down. */
export type Call = {
  method: string;
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** Sent as it is, in UTF-8; null: no body. */
  body: string | null;
};

export type Pairs = readonly (readonly [name: string, value: string])[];

/** A part of an address; also quotes what ends a string in many languages. */
export function quoted(text: string): string {
  return encodeURIComponent(text).replace(/'/g, '%27');
}

/** The template with its values; a value left empty leaves its parameter out. */
export function filled(template: string, values: ReadonlyMap<string, string>): string {
  const [path = '', query = ''] = split(template, '?');
  const put = (part: string) =>
    part.replace(/\{\*?([^{}]+)\}/g, (whole, name: string) => {
      const value = values.get(name);
      if (!value) return whole;
      // A wild card stands for whole path segments.
      return whole.startsWith('{*') ? value.split('/').map(quoted).join('/') : quoted(value);
    });
  const pairs = query
    .split('&')
    .filter((pair) => pair && !isEmpty(pair, values))
    .map(put);
  return pairs.length ? `${put(path)}?${pairs.join('&')}` : put(path);
}

export function withQuery(url: string, pairs: Pairs): string {
  const text = pairs.map(([name, value]) => `${quoted(name)}=${quoted(value)}`).join('&');
  if (!text) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

/** The body as JSON, if it is that and says so. */
export function isJson(call: Call): boolean {
  if (call.body === null || !/[/+]json\b/i.test(header(call, 'content-type') ?? '')) return false;
  try {
    JSON.parse(call.body);
    return true;
  } catch {
    return false;
  }
}

export function header(call: Call, name: string): string | undefined {
  return call.headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** Whether every number of a JSON text survives a double. */
export function numbersAreSafe(json: string): boolean {
  const numbers = json.replace(STRING, '').match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.every((text) => {
    const value = Number(text);
    if (!Number.isFinite(value)) return false;
    const digits = text
      .replace(/[eE].*/, '')
      .replace(/\D/g, '')
      .replace(/^0+/, '');
    return digits.length <= 15;
  });
}

export const STRING = /"(?:[^"\\]|\\.)*"/g;

function isEmpty(pair: string, values: ReadonlyMap<string, string>): boolean {
  const name = pair.match(/\{([^{}]+)\}/)?.[1];
  return name !== undefined && values.get(name) === '';
}

function split(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
