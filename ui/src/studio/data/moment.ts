/** `/Date(1464199877746)/` as ISO 8601; other texts stay. */
export function isoOf(text: string | null | undefined): string | null {
  const found = text?.match(/^\/Date\((-?\d+)\)\/$/);
  return found ? new Date(Number(found[1])).toISOString() : (text ?? null);
}
