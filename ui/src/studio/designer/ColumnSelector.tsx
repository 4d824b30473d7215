import { Alert, Button, Group, Modal, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnFocus } from '../parts/useReturnFocus.ts';
import { ColumnLists } from './ColumnLists.tsx';
import { ColumnRules } from './ColumnRules.tsx';
import type { Item } from './canvas.ts';
import {
  chosenOf,
  ofNames,
  plainNames,
  readSelector,
  type Selector,
  writeSelector,
} from './selector.ts';
import { useColumns } from './useColumns.ts';
import type { Editor } from './useEditor.ts';

type Props = {
  title: string;
  value: string;
  item: Item;
  port: string;
  editor: Editor;
  onClose: () => void;
  onDone: (value: string) => void;
};

/** Chooses columns by name, from one list into the other, or with rules. */
export function ColumnSelector({ title, value, item, port, editor, onClose, onDone }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  useReturnFocus();
  const columns = useColumns(editor, item.id, port);
  const [selector, setSelector] = useState<Selector>(() => readSelector(value));
  const plain = plainNames(selector);
  const [tab, setTab] = useState<string | null>(
    selector.ui.withRules || plain === null ? 'rules' : 'names',
  );
  const found = chosenOf(selector, columns);
  const change = (next: string | null) => {
    // The lists show what the rules choose, so that nothing is lost on the way.
    if (next === 'names' && plain === null) setSelector(ofNames(found));
    setTab(next);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={
        title.toLowerCase() === t('selector.title').toLowerCase()
          ? title
          : `${t('selector.title')}: ${title}`
      }
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      {columns.length === 0 && (
        <Alert color="accent" p="xs" mb="sm">
          {t('selector.unknown')}
        </Alert>
      )}
      <Tabs value={tab} onChange={change} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="names" data-autofocus={tab === 'names' || undefined}>
            {t('selector.byName')}
          </Tabs.Tab>
          <Tabs.Tab value="rules" data-autofocus={tab === 'rules' || undefined}>
            {t('selector.withRules')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="names">
          <ColumnLists
            columns={columns}
            chosen={plain ?? []}
            onChange={(names) => setSelector(ofNames(names))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <ColumnRules
            columns={columns}
            selector={selector}
            onChange={(next) => setSelector({ ...next, ui: { withRules: true } })}
          />
        </Tabs.Panel>
      </Tabs>
      <Group justify="space-between" mt="md">
        <Text size="sm" c="dimmed" role="status">
          {columns.length > 0 && t('selector.count', { count: found.length })}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('base:cancel')}
          </Button>
          <Button
            disabled={editor.locked}
            onClick={() =>
              onDone(writeSelector({ ...selector, ui: { withRules: tab === 'rules' } }))
            }
          >
            {t('selector.done')}
          </Button>
        </Group>
      </Group>
    </Modal>
  );
}
