import { useEffect, useState } from 'react';
import type { CodeLanguage } from './highlight.ts';

/** Longer texts are shown plainly: colours would make the page slow. */
const LONGEST = 60_000;

type Props = { code: string; language: CodeLanguage; label: string };

/** Read-only code on dark ground; colours arrive after the text. */
export function CodeView({ code, language, label }: Props) {
  const [html, setHtml] = useState<{ of: string; text: string } | null>(null);
  useEffect(() => {
    if (language === 'text' || code.length > LONGEST) return;
    let current = true;
    void import('./highlight.ts').then(({ highlighted }) => {
      if (current) setHtml({ of: code, text: highlighted(code, language) });
    });
    return () => {
      current = false;
    };
  }, [code, language]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="app-pre" tabIndex={0} aria-label={label}>
      <pre>
        {html?.of === code ? (
          // biome-ignore lint/security/noDangerouslySetInnerHtml: the highlighter escapes what it is given
          <code dangerouslySetInnerHTML={{ __html: html.text }} />
        ) : (
          <code>{code}</code>
        )}
      </pre>
    </section>
  );
}
