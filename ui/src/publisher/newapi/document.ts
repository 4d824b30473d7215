/** What a document of an API is, from a look at it: its format and its title. */

/** The `format` of an import; for a link it is told by its ending. */
export function formatOf(text: string, isLink: boolean): string {
  if (isLink) {
    const path = text.toLowerCase().split(/[?#]/)[0] ?? '';
    const wsdl = path.endsWith('.wsdl') || /[?&]wsdl\b/i.test(text);
    if (wsdl) return 'wsdl-link';
    if (path.endsWith('.wadl')) return 'wadl-link-json';
    return /swagger/.test(path) ? 'swagger-link-json' : 'openapi-link';
  }
  const start = text.trimStart();
  if (start.startsWith('<')) return /<(\w+:)?definitions[\s>]/.test(start) ? 'wsdl' : 'wadl-xml';
  if (/^["{\s]*["']?swagger["']?\s*:/m.test(start.slice(0, 2000))) {
    if (start.startsWith('{')) return 'swagger-json';
  }
  return start.startsWith('{') ? 'openapi+json' : 'openapi';
}

/** The title that the document gives its API. */
export function titleOf(text: string): string {
  const start = text.trimStart();
  if (start.startsWith('{')) {
    try {
      return String(JSON.parse(text).info?.title ?? '');
    } catch {
      return '';
    }
  }
  if (start.startsWith('<')) return /<(?:\w+:)?service[^>]*\bname="([^"]+)"/.exec(text)?.[1] ?? '';
  const found = /^info:\s*\n(?:[ \t]+.*\n)*?[ \t]+title:[ \t]*(.+)$/m.exec(text)?.[1] ?? '';
  return found.trim().replace(/^(["'])(.*)\1$/, '$2');
}
