/** What can be put onto the canvas, as lists name it. */
import type { Telling } from '../data/telling.ts';
import type { Module, Saved, SavedKind } from '../data/types.ts';

/** What is dragged from the palette, or put down with Enter. */
export type Dragged =
  | { kind: 'module'; of: string }
  | { kind: 'saved'; of: string; saved: SavedKind }
  | { kind: 'input' | 'output' };
export const DRAGGED = 'application/x-bramka-module';

export type Entry = {
  key: string;
  name: string;
  help: string;
  /** All that a search looks through. */
  more: string;
  gives: Dragged;
  category?: string;
};

export function entryOf(saved: SavedKind) {
  return ({ Id, Name, Description }: Saved): Entry => ({
    key: Id,
    name: Name,
    help: Description,
    more: Name.toLowerCase(),
    gives: { kind: 'saved', of: Id, saved },
  });
}

/** Found by what it is called in either language. */
export function entryOfModule(module: Module, tell: Telling): Entry {
  const name = tell.module(module.Name);
  const help = tell.help(module).split('\n')[0]!;
  return {
    key: module.Id,
    name,
    help: name === module.Name ? help : `${module.Name}\n${help}`,
    more: [name, help, module.Name, ...module.Aliases, module.Description].join(' ').toLowerCase(),
    gives: { kind: 'module', of: module.Id },
    category: module.Category,
  };
}
