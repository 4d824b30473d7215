import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { language as spoken } from '../base/i18n.ts';
import { nonce } from '../base/nonce.ts';
import {
  common,
  EditorState,
  EditorView,
  type ElementSpec,
  jsonLanguage,
  type Mark,
  type Offers,
  offering,
  serverMarks,
  xmlLanguage,
} from './codemirror.ts';

export type EditorProps = {
  label: string;
  value: string;
  onChange?: (text: string) => void;
  readOnly?: boolean;
  minHeight?: number;
  maxHeight?: number | string;
  /** Names that complete while one types XML. */
  elements?: readonly ElementSpec[];
  /** What else may be written behind the text, from which place on. */
  offers?: (before: string) => Offers | null;
  /** What the server says of the text, as one types. */
  diagnose?: (text: string) => Promise<readonly Mark[]>;
  /** Gives the way to put text at the cursor, and to ask where that is. */
  onReady?: (insert: (text: string) => void, cursor: () => number) => void;
};

const POLISH = {
  Find: 'Znajdź',
  Replace: 'Zamień',
  next: 'następne',
  previous: 'poprzednie',
  all: 'wszystkie',
  'match case': 'wielkość liter',
  'by word': 'całe słowa',
  regexp: 'wyrażenie',
  replace: 'zamień',
  'replace all': 'zamień wszystkie',
  close: 'zamknij',
  Diagnostics: 'Uwagi',
  'No diagnostics': 'Brak uwag',
  'Control character': 'Znak sterujący',
  'Folded lines': 'Zwinięte wiersze',
  'Unfolded lines': 'Rozwinięte wiersze',
  'Fold line': 'Zwiń',
  'Unfold line': 'Rozwiń',
  unfold: 'rozwiń',
  'folded code': 'zwinięty kod',
  Completions: 'Podpowiedzi',
  'Go to line': 'Przejdź do wiersza',
  go: 'idź',
};

/** CodeMirror under our content policy; used through XmlEditor and JsonEditor. */
export default function CodeEditor({ kind, ...props }: EditorProps & { kind: 'xml' | 'json' }) {
  const { t } = useTranslation('base');
  const hint = useId();
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { label, value, readOnly, elements } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: value, callbacks and words flow in below
  useEffect(() => {
    const editor = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: view.current?.state.doc ?? latest.current.value,
        extensions: [
          common(nonce, label, scheme === 'dark', spoken() === 'pl' ? POLISH : {}),
          kind === 'xml'
            ? // The server knows better what is malformed: policies hold raw C#.
              xmlLanguage(elements ?? [], latest.current.diagnose ? null : t('editor.malformed'))
            : jsonLanguage(),
          latest.current.diagnose ? serverMarks((text) => latest.current.diagnose!(text)) : [],
          latest.current.offers ? offering((before) => latest.current.offers?.(before)) : [],
          EditorState.readOnly.of(Boolean(readOnly)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    latest.current.onReady?.(
      (text) => {
        editor.dispatch(editor.state.replaceSelection(text));
        editor.focus();
      },
      () => editor.state.selection.main.head,
    );
    return () => editor.destroy();
  }, [kind, label, scheme, readOnly, elements]);
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return (
    <div>
      <div
        ref={place}
        className="app-editor"
        style={{ minHeight: props.minHeight ?? 160, maxHeight: props.maxHeight }}
        aria-describedby={hint}
      />
      <p id={hint} className="app-hint">
        {t('editor.hint')}
      </p>
    </div>
  );
}
