/** JSON with a row of plain values on one line, as people write it. */
export function rowsOnLines(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\s*((?:(?:"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null)\s*,?\s*)+)\]/g,
    (_, row: string) => `[${row.trim().replace(/,\s*\n\s*/g, ', ')}]`,
  );
}
