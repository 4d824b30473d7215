/** What completes in policy expressions: members of the types that the gateway knows. */

export type Member = {
  name: string;
  result: string;
  /** Null for a property. */
  takes: string | null;
  generics: string[];
  isStatic: boolean;
};
export type ExpressionType = {
  name: string;
  /** Letters that stand for its type arguments. */
  parameters: string[];
  bases: string[];
  /** What an index gives; empty if it gives nothing. */
  item: string;
  members: Member[];
};
export type Types = ReadonlyMap<string, ExpressionType>;
export type Offer = { label: string; detail: string; isCall: boolean; boost?: number };
/** What may stand from a place of the text on. */
export type Offers = { from: number; options: Offer[] };

const OPENS = /@[({]/g;
const PAIRS: Record<string, string> = { ')': '(', ']': '[', '>': '<' };
const FARTHEST = 4000;

/** What may be written at the end of the text; null outside of an expression. */
export function offersAt(text: string, types: Types): Offers | null {
  const code = expressionOf(text.slice(-FARTHEST));
  if (code === null) return null;
  const [typed = ''] = /\w*$/.exec(code) ?? [];
  const from = text.length - typed.length;
  const before = code.slice(0, code.length - typed.length);
  const dot = /\??\.$/.exec(before);
  if (!dot) return typed ? { from, options: names(types) } : null;
  const owner = ownerOf(before.slice(0, dot.index), types);
  return owner && { from, options: offersOf(owner, types) };
}

type Owner = { type: string; isStatic: boolean };

/** What the text says of the expression that it ends in, `(…` or `{…`. */
function expressionOf(text: string): string | null {
  for (const { index } of [...text.matchAll(OPENS)].reverse()) {
    let depth = 0;
    const code = text.slice(index + 1);
    for (const sign of withoutTexts(code)) {
      if ('({'.includes(sign)) depth += 1;
      if (')}'.includes(sign)) depth -= 1;
      if (!depth) break;
    }
    if (depth > 0) return code;
  }
  return null;
}

/** Texts in quotes hold any brackets. */
function withoutTexts(code: string): string {
  return code.replace(/"(?:[^"\\\n]|\\.)*"/g, (quoted) => ' '.repeat(quoted.length));
}

function names(types: Types): Offer[] {
  const known = [...types.values()].filter((one) => /^[A-Z]\w/.test(one.name));
  const reached = known.filter((one) => one.members.some((member) => member.isStatic));
  return [
    { label: 'context', detail: 'IContext', isCall: false },
    ...reached.map(({ name }) => ({ label: name, detail: '', isCall: false })),
  ];
}

/** The type of what ends the code: `context.Request.Headers`. */
function ownerOf(code: string, types: Types): Owner | null {
  const whole = code.trimEnd();
  if (whole.endsWith('"')) return { type: 'string', isStatic: false };
  const end = endOf(whole);
  if (!end) return null;
  let type = 'cast' in end ? end.cast : typeOf(end, types);
  if (type && typeof type === 'object') return type;
  for (let index = 0; type && index < end.indexes; index += 1) type = itemOf(type, types);
  return type ? { type, isStatic: false } : null;
}

function typeOf(end: Named, types: Types): Owner | string | null {
  const { rest, name, generic, calls } = end;
  const dot = /\??\.$/.exec(rest);
  if (dot) {
    const owner = ownerOf(rest.slice(0, dot.index), types);
    return owner && resultOf(owner, name, generic, types);
  }
  if (name === 'context') return 'IContext';
  if (/\bnew\s+$/.test(rest)) return generic ? `${name}<${generic}>` : name;
  return types.has(name) && !calls ? { type: name, isStatic: true } : null;
}

type Named = { rest: string; name: string; generic: string; calls: boolean; indexes: number };
type End = Named | { cast: string; indexes: number };

/** Reads `Name<T>(…)[…]`, or a cast such as `((JObject)x)`, off the end. */
function endOf(code: string): End | null {
  let rest = code;
  let indexes = 0;
  for (; rest.endsWith(']'); indexes += 1) rest = opened(rest);
  const calls = rest.endsWith(')');
  if (calls) {
    const before = opened(rest);
    const [, cast] = /^\(\(([\w<>, ]+?)\)/.exec(rest.slice(before.length)) ?? [];
    if (!/[\w>]$/.test(before)) return cast ? { cast, indexes } : null;
    rest = before;
  }
  const before = rest.endsWith('>') ? opened(rest) : rest;
  const generic = rest.slice(before.length + 1, -1);
  const [name] = /\w+$/.exec(before) ?? [];
  return name ? { rest: before.slice(0, -name.length), name, generic, calls, indexes } : null;
}

/** The text before the bracket that its last sign closes. */
function opened(code: string): string {
  const plain = withoutTexts(code);
  const close = plain.at(-1) ?? '';
  const open = PAIRS[close] ?? '';
  let depth = 0;
  for (let at = plain.length - 1; at >= 0; at -= 1) {
    if (plain[at] === close) depth += 1;
    if (plain[at] === open) depth -= 1;
    if (!depth) return code.slice(0, at);
  }
  return '';
}

/** A type as it is written, taken apart: `[]` and `?` are names of types as well. */
function parsed(type: string): { name: string; given: string[] } {
  for (const end of ['[]', '?'])
    if (type.endsWith(end)) return { name: end, given: [type.slice(0, -end.length)] };
  const open = type.indexOf('<');
  if (open < 0) return { name: type, given: [] };
  return { name: type.slice(0, open), given: parts(type.slice(open + 1, -1)) };
}

function parts(list: string): string[] {
  const found = [''];
  let depth = 0;
  for (const sign of list) {
    if (sign === '<') depth += 1;
    if (sign === '>') depth -= 1;
    if (sign === ',' && !depth) found.push('');
    else found[found.length - 1] += sign;
  }
  return found.map((one) => one.trim());
}

function filled(type: string, letters: readonly string[], given: readonly string[]): string {
  return type.replace(/\b[A-Z]\b/g, (letter) => given[letters.indexOf(letter)] ?? letter);
}

/** The type and all that it is made of, with their type arguments. */
function lineage(type: string, types: Types): { of: ExpressionType; given: string[] }[] {
  const { name, given } = parsed(type);
  const of = types.get(name);
  if (!of) return [];
  const bases = of.bases.flatMap((base) => lineage(filled(base, of.parameters, given), types));
  return [{ of, given }, ...bases];
}

function membersOf({ type, isStatic }: Owner, types: Types): Member[] {
  const object = types.get('object')?.members ?? [];
  const own = lineage(type, types).flatMap(({ of, given }) =>
    of.members.map((one) => ({ ...one, result: filled(one.result, of.parameters, given) })),
  );
  const found = new Map<string, Member>();
  for (const one of [...own, ...object])
    if (one.isStatic === isStatic && !found.has(one.name)) found.set(one.name, one);
  return [...found.values()];
}

function offersOf(owner: Owner, types: Types): Offer[] {
  return membersOf(owner, types).map(({ name, result, takes }, place) => ({
    label: name,
    // What belongs to the type itself comes before what all types have.
    boost: Math.max(-90, -place),
    detail: takes === null ? result : `(${takes}) ${result}`,
    isCall: takes !== null,
  }));
}

function resultOf(owner: Owner, name: string, generic: string, types: Types): string | null {
  const found = membersOf(owner, types).find((one) => one.name === name);
  return found ? filled(found.result, found.generics, parts(generic)) : null;
}

function itemOf(type: string, types: Types): string | null {
  const { name, given } = parsed(type);
  if (name === '[]') return given[0] ?? null;
  const found = lineage(type, types).find(({ of }) => of.item);
  return found ? filled(found.of.item, found.of.parameters, found.given) : null;
}
