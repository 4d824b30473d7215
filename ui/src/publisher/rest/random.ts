/** An id that nobody else draws; also where the page did not come over https. */
export function freshId(bytes = 12): string {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(drawn, (one) => one.toString(16).padStart(2, '0')).join('');
}
