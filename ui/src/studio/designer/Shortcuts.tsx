import { Kbd, Modal, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useReturnFocus } from '../parts/useReturnFocus.ts';

const KEYS = {
  regions: ['F6'],
  walk: ['Tab'],
  add: ['Enter'],
  quick: ['/'],
  select: ['Enter'],
  several: ['Shift + Enter'],
  connect: ['Enter'],
  move: ['← ↑ → ↓'],
  menu: ['Shift + F10'],
  remove: ['Delete'],
  run: ['Ctrl + Enter'],
  undo: ['Ctrl + Z'],
  redo: ['Ctrl + Y'],
  copy: ['Ctrl + C'],
  cut: ['Ctrl + X'],
  paste: ['Ctrl + V'],
  all: ['Ctrl + A'],
  none: ['Esc'],
} as const;

/** The ways by keyboard, for those who look for them. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['studio', 'base']);
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Table fz="sm" aria-label={t('keys.title')}>
        <Table.Tbody>
          {Object.entries(KEYS).map(([name, keys]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={450}>
                {t(`keys.${name as keyof typeof KEYS}`)}
              </Table.Th>
              <Table.Td ta="right" className="st-whole">
                {keys.map((each) => (
                  <Kbd key={each} ml={4}>
                    {each}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
