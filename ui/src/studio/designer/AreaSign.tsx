import { Database, LogIn, LogOut } from 'lucide-react';
import { areaOf } from './areas.ts';
import type { Kind } from './canvas.ts';

const KINDS = { saved: Database, input: LogIn, output: LogOut } as const;

/** What kind of thing lies on the canvas or in the palette. */
export function AreaSign({ kind, category = '' }: { kind: Kind; category?: string }) {
  const { tone, Sign } = kind === 'module' ? areaOf(category) : { tone: 'data', Sign: KINDS[kind] };
  return (
    <span className="st-area" data-tone={tone}>
      <Sign size={14} aria-hidden />
    </span>
  );
}
