import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { type ElementSpec, xml } from '@codemirror/lang-xml';
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  syntaxTree,
} from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type { Diagnostic, ElementSpec };
export { Compartment, EditorState, EditorView };

/** The editor's own light colours lack contrast on a tinted line. */
const light = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword], color: '#2f4f9e' },
  { tag: [tags.attributeName, tags.propertyName], color: '#0b6e4f' },
  { tag: [tags.attributeValue, tags.string], color: '#8a4b00' },
  { tag: [tags.number, tags.bool, tags.null], color: '#7a3fa0' },
  { tag: tags.comment, color: '#555e6b', fontStyle: 'italic' },
]);

const dark = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword], color: '#8fb7ff' },
  { tag: [tags.attributeName, tags.propertyName], color: '#9ad6c0' },
  { tag: [tags.attributeValue, tags.string], color: '#f0c58b' },
  { tag: [tags.number, tags.bool, tags.null], color: '#d8a8f0' },
  { tag: tags.comment, color: '#a9b1bd', fontStyle: 'italic' },
]);

/** What every editor of ours does. */
export function common(
  nonce: string,
  label: string,
  isDark: boolean,
  phrases: Record<string, string>,
): Extension {
  return [
    EditorView.cspNonce.of(nonce),
    EditorState.phrases.of(phrases),
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-multiline': 'true',
      tabindex: '0',
      // Escape leaves the editor, not the drawer around it.
      'data-mantine-stop-propagation': 'true',
    }),
    EditorView.theme(
      {
        '&': { fontSize: '13px', backgroundColor: 'transparent', height: '100%' },
        '.cm-content, .cm-gutters': { fontFamily: 'var(--mantine-font-family-monospace)' },
        '.cm-gutters': {
          backgroundColor: 'transparent',
          border: 'none',
          color: 'var(--mantine-color-dimmed)',
        },
        '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
        '&.cm-focused': { outline: 'none' },
        '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--app-tint)' },
        '.cm-tooltip': {
          backgroundColor: 'var(--mantine-color-body)',
          border: '1px solid var(--mantine-color-default-border)',
          borderRadius: '6px',
        },
        '.cm-panels': { backgroundColor: 'var(--app-tint)', color: 'var(--mantine-color-text)' },
      },
      { dark: isDark },
    ),
    lineNumbers(),
    foldGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    search({ top: true }),
    highlightSelectionMatches(),
    syntaxHighlighting(isDark ? dark : light),
    EditorView.lineWrapping,
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}

export function xmlLanguage(elements: readonly ElementSpec[], malformed: string | null): Extension {
  return [
    xml({ elements, autoCloseTags: true }),
    lintGutter(),
    malformed === null ? [] : linter((view) => brokenPlaces(view, malformed), { delay: 300 }),
  ];
}

/** What may be written from a place of the text on. */
export type Offers = {
  from: number;
  options: readonly { label: string; detail: string; isCall: boolean; boost?: number }[];
};

/** Completes what the page knows of, beside what the language does. */
export function offering(ask: (before: string) => Offers | null | undefined): Extension {
  const source: CompletionSource = ({ state, pos }) => {
    const found = ask(state.doc.sliceString(0, pos));
    if (!found) return null;
    const options = found.options.map(({ isCall, ...one }) => ({
      ...one,
      type: isCall ? 'method' : 'property',
    }));
    return { from: found.from, options, validFor: /^[\w.-]*$/ };
  };
  return EditorState.languageData.of(() => [{ autocomplete: source }]);
}

export function jsonLanguage(): Extension {
  const parse = jsonParseLinter();
  return [
    json(),
    lintGutter(),
    linter((view) => (view.state.doc.toString().trim() ? parse(view) : []), { delay: 300 }),
  ];
}

/** Marks that the server computes; `at` counts lines and columns from 1. */
export type Mark = {
  line: number;
  column?: number;
  message: string;
  severity?: 'error' | 'warning';
};

export function serverMarks(ask: (text: string) => Promise<readonly Mark[]>): Extension {
  return linter(
    async (view) => {
      const { doc } = view.state;
      return (await ask(doc.toString())).map(
        ({ line, column = 1, message, severity = 'error' }) => {
          const place = doc.line(Math.min(Math.max(line, 1), doc.lines));
          const from = Math.min(place.from + Math.max(column - 1, 0), place.to);
          return { from, to: Math.max(from, place.to), severity, message };
        },
      );
    },
    { delay: 600 },
  );
}

function brokenPlaces(view: EditorView, malformed: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (!view.state.doc.toString().trim()) return found;
  syntaxTree(view.state).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && found.length < 20)
        found.push({
          from,
          to: Math.max(to, Math.min(from + 1, view.state.doc.length)),
          severity: 'error',
          message: malformed,
        });
    },
  });
  return found;
}
