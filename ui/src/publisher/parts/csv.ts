/** Tables as files: comma-separated, quoted, and harmless in a spreadsheet. */

export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(cell).join(',')).join('\r\n');
}

function cell(value: string | number): string {
  const text = String(value);
  // A spreadsheet would run what begins like a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands the browser a file to keep. */
export function download(name: string, text: string, type = 'text/csv'): void {
  const marked = type === 'text/csv' ? `\ufeff${text}` : text;
  keep(name, new Blob([marked], { type: `${type};charset=utf-8` }));
}

/** The same for content that is there already. */
export function keep(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
