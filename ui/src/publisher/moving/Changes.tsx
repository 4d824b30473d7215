import { Badge, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Changed, rowsOf } from './archive.ts';

const COLOURS = { new: 'ok', changed: 'accent', gone: 'danger' } as const;
const MARKS = { gap: ' ', same: ' ', gone: '−', new: '+' } as const;
const SHOWN = 200;

/** What an import would change: a line for each file, its content behind it. */
export function Changes({ changes, prune }: { changes: readonly Changed[]; prune: boolean }) {
  const { t } = useTranslation('publisher');
  return (
    <>
      <ul className="pub-changes" aria-label={t('moving.changes')}>
        {changes.slice(0, SHOWN).map((one) => (
          <li key={one.path}>
            <details>
              <summary>
                <Badge color={one.kind === 'gone' && !prune ? 'gray' : COLOURS[one.kind]}>
                  {one.kind === 'gone' && !prune
                    ? t('moving.stays')
                    : t(`moving.kinds.${one.kind}`)}
                </Badge>{' '}
                <code>{one.path}</code>
              </summary>
              <Lines change={one} />
            </details>
          </li>
        ))}
      </ul>
      {changes.length > SHOWN && (
        <Text size="sm" c="dimmed">
          {t('moving.others', { count: changes.length - SHOWN })}
        </Text>
      )}
    </>
  );
}

function Lines({ change }: { change: Changed }) {
  const { t } = useTranslation('publisher');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="pub-diff" tabIndex={0} aria-label={change.path}>
      {rowsOf(change.lines).map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        <div key={index} data-kind={row.kind}>
          <span>{row.number}</span>
          <span aria-hidden>{MARKS[row.kind]}</span>
          {(row.kind === 'gone' || row.kind === 'new') && (
            <span className="app-hidden">{t(`revisions.lines.${row.kind}`)}</span>
          )}
          <code>{row.text}</code>
        </div>
      ))}
    </section>
  );
}
