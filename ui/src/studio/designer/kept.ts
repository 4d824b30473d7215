/** What is not saved yet outlives a reload: kept in the browser until the server has it. */
import type { Experiment } from '../data/types.ts';
import type { Held } from './held.ts';

type Kept = { etag: string; held: Held };

export function keep(id: string, etag: string, held: Held): void {
  try {
    sessionStorage.setItem(place(id), JSON.stringify({ etag, held } satisfies Kept));
  } catch {
    // No room in the browser: the server's draft is what is left.
  }
}

export function forget(id: string): void {
  sessionStorage.removeItem(place(id));
}

/** Changes that never reached the draft; null when it has been changed since. */
export function unsaved({ ExperimentId, Etag }: Experiment): Held | null {
  const text = sessionStorage.getItem(place(ExperimentId));
  if (!text) return null;
  forget(ExperimentId);
  const { etag, held } = JSON.parse(text) as Kept;
  return etag === Etag ? held : null;
}

function place(id: string): string {
  return `bramka-studio-draft ${id}`;
}
