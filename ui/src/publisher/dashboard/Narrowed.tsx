import { CloseButton, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNames } from '../rest/names.ts';
import { nameOf } from '../rest/odata.ts';
import { DIMENSIONS, type Narrowing } from './useReport.ts';

type Props = { narrowing: Narrowing; onRemove: (one: keyof Narrowing) => void };

/** What the dashboard is narrowed to, by its name; each can be taken away again. */
export function Narrowed({ narrowing, onRemove }: Props) {
  const { t } = useTranslation('publisher');
  const given = DIMENSIONS.flatMap((one) => {
    const id = narrowing[one];
    return id ? [{ one, to: { path: id.replace(/\/[^/]+$/, ''), name: nameOf(id) } }] : [];
  });
  const named = useNames(given.map(({ to }) => to));
  if (!given.length) return null;
  return (
    <Group gap="xs">
      <Text size="sm">{t('dashboard.only')}</Text>
      {given.map(({ one, to }) => (
        <Group key={one} gap={2} className="pub-chip">
          <Text size="sm">
            {t(`dashboard.dimensions.${one}`)}: {named(to)}
          </Text>
          <CloseButton
            size="sm"
            aria-label={t('dashboard.all', { name: named(to) })}
            onClick={() => onRemove(one)}
          />
        </Group>
      ))}
    </Group>
  );
}
