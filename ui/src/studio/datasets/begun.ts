/** An upload that a closed page broke off: the same file goes on where it was. */
type Begun = { file: string; upload: string };

const PLACE = 'bramka-studio-upload';

export function remember(file: File, type: string, upload: string): void {
  try {
    const begun: Begun = { file: signOf(file, type), upload };
    localStorage.setItem(PLACE, JSON.stringify(begun));
  } catch {
    // No room in the browser: a new upload starts at the beginning.
  }
}

/** The upload that a file of this name, size and age began; null when another did. */
export function begunBy(file: File, type: string): string | null {
  const text = localStorage.getItem(PLACE);
  if (!text) return null;
  const begun = JSON.parse(text) as Begun;
  return begun.file === signOf(file, type) ? begun.upload : null;
}

export function drop(): void {
  localStorage.removeItem(PLACE);
}

function signOf({ name, size, lastModified }: File, type: string): string {
  return `${type} ${size} ${lastModified} ${name}`;
}
