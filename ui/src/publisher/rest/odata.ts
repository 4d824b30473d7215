/** The query parameters of lists: `$filter` and `$orderby` as the console reads them. */

export type Sorting = { by: string; descending: boolean };

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Entities of which one of these fields holds the text. */
export function containing(fields: readonly string[], text: string): string {
  const wanted = text.trim();
  if (!wanted || !fields.length) return '';
  return fields.map((field) => `contains(${field},${quoted(wanted)})`).join(' or ');
}

export function equal(field: string, value: string | null | undefined): string {
  if (!value) return '';
  const plain = value === 'true' || value === 'false';
  return `${field} eq ${plain ? value : quoted(value)}`;
}

/** All of these conditions; those that are empty do not count. */
export function both(...conditions: string[]): string {
  const given = conditions.filter(Boolean);
  if (given.length < 2) return given[0] ?? '';
  return given.map((one) => (one.includes(' or ') ? `(${one})` : one)).join(' and ');
}

export function ordered(sorting: Sorting | null | undefined): string {
  if (!sorting) return '';
  return sorting.descending ? `${sorting.by} desc` : sorting.by;
}

/** The last part of a path: `starter` of `/products/starter`. */
export function nameOf(path: string | null | undefined): string {
  return path?.split('/').at(-1) ?? '';
}

/** An id for something with this title, as people would choose it. */
export function idFor(title: string): string {
  const plain = title
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L');
  const words = plain.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 80).replace(/-$/, '') ?? '';
}
