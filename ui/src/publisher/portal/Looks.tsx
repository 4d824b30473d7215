import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isColour } from '../../base/palette.ts';
import { ACCENT, looksOf } from '../../base/theme.ts';

type Props = { name: string; logo?: string | null; accent?: string | null };

/** The developer portal in little, by day and by night, as it will be once it is saved. */
export function Looks({ name, logo, accent }: Props) {
  const { t } = useTranslation('publisher');
  const looks = looksOf(accent && isColour(accent) ? accent : ACCENT);
  return (
    <section className="pub-looks" aria-label={t('portal.preview')}>
      <Text size="xs" c="dimmed" fw={600}>
        {t('portal.preview')}
      </Text>
      {Object.entries(looks).map(([scheme, { page, text, button, link }]) => (
        <div key={scheme} className="pub-look" style={{ background: page, color: text }}>
          <div>
            {logo && <img src={logo} alt="" />}
            {name}
          </div>
          <div>
            <span style={{ color: link, textDecoration: 'underline' }}>
              {t('portal.sampleLink')}
            </span>
            <b style={{ background: button }}>{t('portal.sampleButton')}</b>
          </div>
        </div>
      ))}
    </section>
  );
}
