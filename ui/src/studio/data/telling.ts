/** Modules in the language of the page; graphs and the wire keep their English. */

/** The words the server has for a language, by the English text. */
export type Words = {
  modules: Record<string, { name: string; help: string }>;
  categories: Record<string, string>;
  ports: Record<string, string>;
  parameters: Record<string, string>;
  descriptions: Record<string, string>;
  values: Record<string, string>;
  figures: Record<string, string>;
  /** `{0}` stands for what the program put in; `[0]` tells that in turn. */
  messages: Record<string, string>;
};
type Kind = Exclude<keyof Words, 'modules' | 'messages'>;
type Form = { pattern: RegExp; told: string; letters: number };

export type Telling = {
  /** What stands for an English text; a module that somebody added keeps its own. */
  of: (kind: Kind, text: string) => string;
  module: (name: string) => string;
  help: (module: { Name: string; Help: string }) => string;
  /** What the server says of a module: a fault, a failure. */
  message: (text: string) => string;
};

export const PLAIN: Telling = {
  of: (_kind, text) => text,
  module: (name) => name,
  help: ({ Help }) => Help,
  message: (text) => text,
};

/** Of a module's error; scripts print lines that begin with "Error" too. */
const NUMBER = '\\d{4}';
/** Names in a message are those of any of these. */
const NAMES: Kind[] = ['ports', 'parameters', 'values', 'figures'];

export function tellingOf(words: Partial<Words>): Telling {
  if (!words.modules) return PLAIN;
  const { modules } = words;
  const forms = formsOf(words.messages ?? {});
  const of = (kind: Kind, text: string) => words[kind]?.[text] ?? text;
  const named = (text: string): string => {
    const kind = NAMES.find((each) => words[each]?.[text] !== undefined);
    return modules[text]?.name ?? (kind ? of(kind, text) : message(text));
  };
  const message = (text: string): string => {
    for (const { pattern, told } of forms) {
      const found = pattern.exec(text);
      if (!found) continue;
      return told.replace(/\{(\d)\}|\[(\d)\]/g, (_whole, same, inner) =>
        same === undefined ? named(found.groups![`p${inner}`]!) : found.groups![`p${same}`]!,
      );
    }
    return text;
  };
  return {
    of,
    module: (name) => modules[name]?.name ?? name,
    help: ({ Name, Help }) => modules[Name]?.help ?? Help,
    message,
  };
}

/** Those that say the most come first: the others may fit as well. */
function formsOf(messages: Words['messages']): Form[] {
  return Object.entries(messages)
    .map(([text, told]) => ({ pattern: patternOf(text), told, letters: lettersOf(text) }))
    .sort((one, other) => other.letters - one.letters);
}

function patternOf(text: string): RegExp {
  const places = text.split(/(\{\d\})/).map((part) => {
    const place = /^\{(\d)\}$/.exec(part);
    return place
      ? `(?<p${place[1]}>${text.startsWith(`Error ${part}`) ? NUMBER : '.+?'})`
      : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${places.join('')}$`, 's');
}

function lettersOf(text: string): number {
  return text.replaceAll(/\{\d\}/g, '').length;
}
