import { Button, Kbd } from '@mantine/core';
import { Trans, useTranslation } from 'react-i18next';
import { AreaSign } from './AreaSign.tsx';

const STEPS = [
  { step: 'data', kind: 'saved', category: '' },
  { step: 'module', kind: 'module', category: 'Data Transformation' },
  { step: 'run', kind: 'module', category: 'Machine Learning / Evaluate' },
] as const;

/** What an empty canvas says: how one begins, as a small experiment would look. */
export function Teach({ locked, onOpen }: { locked: boolean; onOpen: () => void }) {
  const { t } = useTranslation('studio');
  if (locked)
    return (
      <div className="st-teach">
        <p>{t('canvas.nothing')}</p>
      </div>
    );
  return (
    <div className="st-teach">
      <ol className="st-teach-steps" aria-label={t('canvas.begin')}>
        {STEPS.map(({ step, kind, category }) => (
          <li key={step}>
            <div className="st-teach-box" data-kind={kind}>
              <AreaSign kind={kind} category={category} />
              <span>{t(`canvas.steps.${step}`)}</span>
            </div>
          </li>
        ))}
      </ol>
      <p className="st-teach-keys">
        <Trans t={t} i18nKey="canvas.keys" components={{ key: <Kbd size="xs" /> }} />
      </p>
      <Button variant="default" className="st-narrow" onClick={onOpen}>
        {t('canvas.open')}
      </Button>
    </div>
  );
}
