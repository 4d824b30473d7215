/** What the editor knows of policies: from the shelf of the gateway. */

export type Attribute = {
  name: string;
  required: boolean;
  default: string | null;
  description: string;
  expression: boolean;
  values: string[];
};
export type Nested = { [element: string]: Nested | null };
export type PolicyElement = {
  name: string;
  summary: string;
  description: string;
  example: string;
  sections: string[];
  scopes: string[];
  once: boolean;
  attributes: Attribute[];
  /** Elements that may stand inside; null: any policy may. */
  children: Nested | null;
};
type Told = { completion?: { info: string } };
export type ElementSchema = Told & {
  name: string;
  children?: string[];
  attributes?: (Told & { name: string; values?: string[] })[];
  top?: boolean;
};

export const SECTIONS = ['inbound', 'backend', 'outbound', 'on-error'];

/** Elements and attributes for completion in the XML editor, each with what it is for. */
export function schemaOf(
  policies: readonly PolicyElement[],
  saying: (sentence: string) => string = (sentence) => sentence,
): ElementSchema[] {
  const told = (sentence: string): Told =>
    sentence ? { completion: { info: saying(sentence) } } : {};
  const within = (section: string) => [
    'base',
    ...policies.filter((one) => one.sections.includes(section)).map((one) => one.name),
  ];
  const every = policies.map((one) => one.name);
  const found = new Map<string, ElementSchema>();
  found.set('policies', { name: 'policies', top: true, children: SECTIONS });
  for (const section of SECTIONS) found.set(section, { name: section, children: within(section) });
  found.set('fragment', { name: 'fragment', top: true, children: every });
  found.set('base', { name: 'base' });
  for (const one of policies) {
    found.set(one.name, {
      name: one.name,
      ...told(one.summary),
      children: one.children === null ? every : Object.keys(one.children),
      attributes: [
        { name: 'id' },
        ...one.attributes.map(({ name, values, description }) => ({
          name,
          ...told(description),
          ...(values.length ? { values } : {}),
        })),
      ],
    });
  }
  for (const one of policies) nested(one.children ?? {}, found);
  return [...found.values()];
}

function nested(children: Nested, found: Map<string, ElementSchema>): void {
  for (const [name, below] of Object.entries(children)) {
    if (!found.has(name)) found.set(name, { name, children: Object.keys(below ?? {}) });
    nested(below ?? {}, found);
  }
}

export type Kind = 'global' | 'product' | 'api' | 'operation';

export function kindOf(scope: string): Kind {
  if (!scope) return 'global';
  if (scope.startsWith('products/')) return 'product';
  return scope.includes('/operations/') ? 'operation' : 'api';
}

/** Policies that may stand at a scope, those that fit the search first by name. */
export function offered(
  policies: readonly PolicyElement[],
  kind: Kind,
  search: string,
  saying: (one: PolicyElement) => string = (one) => one.summary,
): PolicyElement[] {
  const wanted = search.trim().toLowerCase();
  const fits = policies.filter(
    (one) =>
      one.scopes.includes(kind) && `${one.name} ${saying(one)}`.toLowerCase().includes(wanted),
  );
  const first = (one: PolicyElement) => (one.name.includes(wanted) ? 0 : 1);
  return fits.sort((a, b) => first(a) - first(b) || a.name.localeCompare(b.name));
}

/** The text with a policy put into it: at the cursor's line if that is in a fitting
 * section, else at the beginning of the first fitting one. */
export function inserted(
  text: string,
  cursor: number,
  policy: PolicyElement,
): { text: string; at: number } {
  const found = sectionsOf(text).filter((one) => policy.sections.includes(one.name));
  const place = found.find((one) => one.from <= cursor && cursor <= one.to) ?? found[0];
  if (!place) return { text, at: -1 };
  const inside = place.from <= cursor && cursor <= place.to;
  const lineStart = text.lastIndexOf('\n', cursor - 1) + 1;
  const point = inside && lineStart >= place.from ? lineStart : place.from;
  const snippet = policy.example.replace(/^/gm, '    ');
  const open = text[point - 1] === '\n' ? '' : '\n';
  const close = text[point] === '\n' || (!open && point < text.length) ? '\n' : '\n  ';
  const added = open + snippet + (open && text[point] === '\n' ? '' : close);
  return { text: text.slice(0, point) + added + text.slice(point), at: point + open.length };
}

type Place = { name: string; from: number; to: number };

function sectionsOf(text: string): Place[] {
  return SECTIONS.flatMap((name) => {
    const open = new RegExp(`<${name}\\s*>`).exec(text);
    const close = text.indexOf(`</${name}`);
    if (!open || close < open.index) return [];
    return [{ name, from: open.index + open[0].length, to: close }];
  });
}

/** A document that changes nothing, to begin with. */
export function blank(kind: Kind): string {
  const inside = kind === 'global' ? '' : '    <base />\n';
  const backend = kind === 'global' ? '    <forward-request />\n' : inside;
  return [
    '<policies>\n',
    `  <inbound>\n${inside}  </inbound>\n`,
    `  <backend>\n${backend}  </backend>\n`,
    `  <outbound>\n${inside}  </outbound>\n`,
    `  <on-error>\n${inside}  </on-error>\n`,
    '</policies>\n',
  ].join('');
}
