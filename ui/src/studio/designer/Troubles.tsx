import { Alert, Button, Group, List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toldError } from '../data/useTelling.ts';
import { nameOf } from './ports.ts';
import type { Editor } from './useEditor.ts';
import { useSaveAs } from './useSaveAs.ts';

/** What keeps the draft from being saved or run, and what failed, with the way out. */
export function Troubles({ editor }: { editor: Editor }) {
  const { t } = useTranslation('studio');
  const saveAs = useSaveAs(editor);
  const { draft, refusal, readOnly, mayEdit } = editor;
  return (
    <>
      <Refusal error={toldError(editor.shelf.tell, draft.error ?? refusal)} />
      {draft.error instanceof ApiError && draft.error.status === 0 && (
        <Text size="sm" className="st-ways" role="note">
          {t('designer.keepsTrying')}
        </Text>
      )}
      {draft.stale && (
        <Group gap="xs" className="st-ways">
          <Button size="xs" onClick={() => void saveAs()}>
            {t('designer.keepMine')}
          </Button>
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            {t('designer.openTheirs')}
          </Button>
        </Group>
      )}
      <Failed editor={editor} />
      {readOnly && (
        <Alert color="accent" p="xs" role="note">
          {t(mayEdit ? 'designer.earlier' : 'designer.viewer')}
        </Alert>
      )}
    </>
  );
}

/** The modules at which the last run broke off. */
function Failed({ editor }: { editor: Editor }) {
  const { t } = useTranslation('studio');
  const { nodes, held, shelf, running } = editor;
  const failed = held.canvas.items.flatMap((item) => {
    const status = nodes.get(item.id)?.Status;
    return status?.StatusCode === 'Failed' ? [{ item, said: status.StatusDetail }] : [];
  });
  if (running || !failed.length) return null;
  return (
    <Alert color="danger" p="xs" role="status" title={t('designer.failed')}>
      <List size="sm" listStyleType="none">
        {failed.map(({ item, said }) => (
          <List.Item key={item.id}>
            <button
              type="button"
              className="st-link"
              onClick={() => editor.select(new Set([item.id]))}
            >
              {nameOf(item, shelf)}
            </button>{' '}
            {shelf.tell.message(said ?? '')}
          </List.Item>
        ))}
      </List>
      {editor.mayEdit && !editor.readOnly && (
        <Text size="sm" c="dimmed" mt={2}>
          {t('designer.failedWay')}
        </Text>
      )}
    </Alert>
  );
}
