import { Button, Kbd } from '@mantine/core';
import { Workflow } from 'lucide-react';
import { Trans, useTranslation } from 'react-i18next';

/** What an empty canvas says: how one begins. */
export function Teach({ locked, onOpen }: { locked: boolean; onOpen: () => void }) {
  const { t } = useTranslation('studio');
  return (
    <div className="st-teach">
      <Workflow size={30} strokeWidth={1.5} aria-hidden />
      <p>{t(locked ? 'canvas.nothing' : 'canvas.empty')}</p>
      {!locked && (
        <>
          <p className="st-teach-keys">
            <Trans t={t} i18nKey="canvas.keys" components={{ key: <Kbd size="xs" /> }} />
          </p>
          <Button variant="default" className="st-narrow" onClick={onOpen}>
            {t('canvas.open')}
          </Button>
        </>
      )}
    </div>
  );
}
