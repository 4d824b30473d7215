import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { compare } from '../policies/compare.ts';

const AROUND = 3;

/** Two texts, line by line, as far as they differ. */
export function Lines({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useTranslation('publisher');
  const lines = compare(before, after);
  const changed = lines.flatMap((one, at) => (one.kind === 'same' ? [] : [at]));
  if (!changed.length)
    return (
      <Text size="sm" c="dimmed">
        {t('revisions.same')}
      </Text>
    );
  const near = (at: number) => changed.some((one) => Math.abs(one - at) <= AROUND);
  const marks = { same: ' ', gone: '−', new: '+' };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="pub-diff" tabIndex={0} aria-label={label}>
      {lines.map((one, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        if (!near(at)) return near(at - 1) ? <div key={`gap${at}`}>⋯</div> : null;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
          <div key={at} data-kind={one.kind}>
            <span>{one.old ?? one.now}</span>
            <span aria-hidden>{marks[one.kind]}</span>
            {one.kind !== 'same' && (
              <span className="app-hidden">{t(`revisions.lines.${one.kind}`)}</span>
            )}
            <code>{one.text}</code>
          </div>
        );
      })}
    </section>
  );
}
