/** A mail as its reader will see it: tokens filled in, only harmless elements kept. */

export type Piece = string | { name: string; href?: string; children: Piece[] };

const ALLOWED = new Set(
  'p h1 h2 h3 h4 b strong i em u br hr ul ol li a div span table tbody thead tr td th blockquote pre code'.split(
    ' ',
  ),
);

/** `$Name` becomes what such a token may say; unknown ones stay as they are. */
export function filled(text: string, tokens: Record<string, string>): string {
  return text.replace(/\$([A-Za-z]\w*)/g, (whole, name: string) => tokens[name] ?? whole);
}

/** The elements of XHTML as plain data; scripts, styles and pictures are left out. */
export function pieces(nodes: Iterable<Node>): Piece[] {
  return [...nodes].flatMap((node): Piece[] => {
    if (node.nodeType === 3) return [node.textContent ?? ''];
    if (node.nodeType !== 1) return [];
    const element = node as Element;
    const name = element.localName.toLowerCase();
    if (name === 'head' || name === 'script' || name === 'style') return [];
    const children = pieces(element.childNodes);
    if (!ALLOWED.has(name)) return children;
    const href = name === 'a' ? safe(element.getAttribute('href') ?? '') : undefined;
    return [href ? { name, href, children } : { name, children }];
  });
}

function safe(address: string): string | undefined {
  return /^(https?:|mailto:)/i.test(address) ? address : undefined;
}
