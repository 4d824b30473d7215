import { Group } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from './CodeView.tsx';
import { CopyButton } from './CopyButton.tsx';
import type { CodeLanguage } from './highlight.ts';

export type Sample = { title: string; language: CodeLanguage; code: string };
type Props = { label: string; samples: Sample[]; tools?: ReactNode; foot?: ReactNode };

/** One text in several languages; the choice is remembered everywhere. */
export function CodePanel({ label, samples, tools, foot }: Props) {
  const { t } = useTranslation('base');
  const id = useId();
  const [chosen, choose] = useLocalStorage({
    key: 'bramka-sample',
    defaultValue: samples[0]?.title ?? '',
    getInitialValueInEffect: false,
  });
  const shown = samples.find(({ title }) => title === chosen) ?? samples[0];
  if (!shown) return null;
  const move = (by: number) => {
    const next = samples[(samples.indexOf(shown) + by + samples.length) % samples.length]!;
    choose(next.title);
    document.getElementById(`${id}-${next.title}`)?.focus();
  };
  return (
    <section className="app-panel" aria-label={label}>
      <div className="app-panel-bar">
        {samples.length > 1 ? (
          <div role="tablist" aria-label={t('code.language')} className="app-panel-tabs">
            {samples.map(({ title }) => (
              <button
                key={title}
                id={`${id}-${title}`}
                type="button"
                role="tab"
                aria-selected={title === shown.title}
                aria-controls={`${id}-code`}
                tabIndex={title === shown.title ? 0 : -1}
                onClick={() => choose(title)}
                onKeyDown={(event) => {
                  if (event.key === 'ArrowRight') move(1);
                  if (event.key === 'ArrowLeft') move(-1);
                }}
              >
                {title}
              </button>
            ))}
          </div>
        ) : (
          <span className="app-panel-title">{label}</span>
        )}
        <Group gap={2} ml="auto" wrap="nowrap">
          {tools}
          <CopyButton value={shown.code} label={t('code.copy')} />
        </Group>
      </div>
      {samples.length > 1 ? (
        <div id={`${id}-code`} role="tabpanel" aria-labelledby={`${id}-${shown.title}`}>
          <CodeView {...shown} label={`${label}: ${shown.title}`} />
        </div>
      ) : (
        <CodeView {...shown} label={label} />
      )}
      {foot}
    </section>
  );
}
