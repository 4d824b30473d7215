import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Props = { opened: boolean; onClose: () => void; title: string; children: ReactNode };

/** The navigation on a phone. */
export function SideDrawer({ opened, onClose, title, children }: Props) {
  const { t } = useTranslation('base');
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={280}
      title={title}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {children}
    </Drawer>
  );
}
