/** The configuration as a ZIP file: fetched, compared and written by the console. */

import { send } from '../../api/client.ts';

export type Changed = { path: string; kind: 'new' | 'changed' | 'gone'; lines: string[] };
export type Difference = { changes: Changed[]; files: number };
export type Imported = { written: string[]; deleted: string[] };

export async function exported(secrets: boolean): Promise<Blob> {
  const query = { secrets };
  return (await send('POST', '/configuration/export', { query })).blob();
}

export async function difference(archive: Blob): Promise<Difference> {
  return (await send('POST', '/configuration/difference', { body: archive })).json();
}

export async function imported(archive: Blob, prune: boolean): Promise<Imported> {
  const query = { prune };
  return (await send('POST', '/configuration/import', { body: archive, query })).json();
}

export type Row = { kind: 'gap' | 'same' | 'gone' | 'new'; text: string; number: number | null };

/** The lines of a unified difference, with their numbers; its two first lines go. */
export function rowsOf(lines: readonly string[]): Row[] {
  let [old, now] = [0, 0];
  return lines.slice(2).map((line) => {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (head) {
      // A side without lines is told as starting one line earlier.
      old = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      now = Number(head[3]) - (head[4] === '0' ? 0 : 1);
      return { kind: 'gap', text: '⋯', number: null };
    }
    const text = line.slice(1);
    if (line.startsWith('-')) return { kind: 'gone', text, number: ++old };
    now += 1;
    if (line.startsWith('+')) return { kind: 'new', text, number: now };
    old += 1;
    return { kind: 'same', text, number: now };
  });
}
