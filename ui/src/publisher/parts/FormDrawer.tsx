import { Drawer, Text } from '@mantine/core';
import { type ReactNode, useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { useFocusBack } from '../../base/useFocusBack.ts';
import type { Properties } from '../rest/management.ts';
import { EntityForm } from './EntityForm.tsx';
import type { Field } from './fields.ts';

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  lead?: string;
  fields: readonly Field[];
  initial: Properties;
  fresh?: boolean;
  readOnly?: boolean;
  action: string;
  size?: number;
  follow?: (values: Properties, at: string) => Properties;
  onSave: (values: Properties) => Promise<void>;
  children?: (values: Properties) => ReactNode;
};

/** A form at the side of the page; closing it asks first when something was typed. */
export function FormDrawer({ opened, onClose, title, lead, size = 480, ...form }: Props) {
  useFocusBack(opened);
  const { t } = useTranslation(['publisher', 'base']);
  const confirm = useConfirm();
  const dirty = useRef<(() => void) | null>(null);
  const onDirty = useCallback((now: boolean, forget: () => void) => {
    dirty.current = now ? forget : null;
  }, []);
  const close = async () => {
    const forget = dirty.current;
    if (forget) {
      const sure = await confirm({
        title: t('form.leave.title'),
        body: t('form.leave.body'),
        action: t('form.leave.action'),
        danger: true,
      });
      if (!sure) return;
      forget();
    }
    dirty.current = null;
    onClose();
  };
  return (
    <Drawer
      opened={opened}
      onClose={() => void close()}
      position="right"
      size={size}
      title={title}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      {lead && (
        <Text c="dimmed" size="sm" mb="md">
          {lead}
        </Text>
      )}
      {opened && (
        <EntityForm
          {...form}
          onDirty={onDirty}
          onCancel={() => void close()}
          onSave={async (values) => {
            await form.onSave(values);
            dirty.current = null;
            onClose();
          }}
        />
      )}
    </Drawer>
  );
}
