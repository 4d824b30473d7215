import { ActionIcon, Button, Group, Menu, Modal, Text, TextInput, Title } from '@mantine/core';
import { Download, Eye, Save } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { bytes, number } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useForget } from '../data/queries.ts';
import type { Output, PortType, SavedKind } from '../data/types.ts';
import { useReturnFocus } from '../parts/useReturnFocus.ts';
import { type Item, ONLY } from './canvas.ts';
import type { Looked } from './Editor.tsx';
import type { Editor } from './useEditor.ts';

const SAVED: Partial<Record<PortType, [SavedKind, 'DataSource' | 'TrainedModel' | 'Transform']>> = {
  DataTable: ['datasources', 'DataSource'],
  Zip: ['datasources', 'DataSource'],
  ILearner: ['trainedmodels', 'TrainedModel'],
  ICluster: ['trainedmodels', 'TrainedModel'],
  ITransform: ['transformmodules', 'Transform'],
  IFilter: ['transformmodules', 'Transform'],
};
const FORMATS = ['csv', 'tsv', 'arff', 'svmlight', 'parquet'];

type Props = { item: Item; editor: Editor; onLook: (looked: Looked) => void };

/** What a node gave: to look at, to keep, to take home. */
export function Outputs({ item, editor, onLook }: Props) {
  const { t } = useTranslation('studio');
  const outputs = editor.nodes.get(item.id)?.Outputs ?? [];
  if (item.kind === 'saved' && editor.shelf.saved.get(item.of)?.RowCount != null)
    return (
      <Button
        mt="sm"
        size="compact-sm"
        variant="default"
        leftSection={<Eye size={14} aria-hidden />}
        onClick={() => onLook({ node: item.id, port: ONLY })}
      >
        {t('visualize.action')}
      </Button>
    );
  if (!outputs.length) return null;
  return (
    <section aria-label={t('outputs.title')}>
      <Title order={3} mt="md">
        {t('outputs.title')}
      </Title>
      {outputs.map((output) => (
        <One key={output.Name} output={output} item={item} editor={editor} onLook={onLook} />
      ))}
    </section>
  );
}

function One({ output, item, editor, onLook }: Props & { output: Output }) {
  const { t } = useTranslation(['studio', 'base']);
  const [saving, setSaving] = useState(false);
  const { Name: port, Type: type } = output;
  const name = editor.shelf.tell.of('ports', port);
  const run = editor.ran?.id ?? '';
  const data = `${editor.api}/experiments/${run}/outputdata/${encodeURIComponent(item.id)}/${encodeURIComponent(port)}`;
  const size =
    output.RowCount === null
      ? bytes(output.Size)
      : t('outputs.rows', { count: output.RowCount, rows: number(output.RowCount) });
  return (
    <Group gap={2} wrap="nowrap" justify="space-between">
      <div>
        <Text size="sm">{name}</Text>
        <Text size="xs" c="dimmed">
          {t(`ports.${type}`)} · {size}
        </Text>
      </div>
      <Group gap={0} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          aria-label={`${t('visualize.action')}: ${name}`}
          onClick={() => onLook({ node: item.id, port })}
        >
          <Eye size={16} aria-hidden />
        </ActionIcon>
        {editor.mayEdit && SAVED[type] && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t('outputs.save')}: ${name}`}
            onClick={() => setSaving(true)}
          >
            <Save size={16} aria-hidden />
          </ActionIcon>
        )}
        {type === 'DataTable' && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t('base:download')}: ${name}`}
              >
                <Download size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {FORMATS.map((format) => (
                <Menu.Item key={format} component="a" href={`${data}?format=${format}`} download>
                  {format.toUpperCase()}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {saving && (
        <Keep output={output} item={item} editor={editor} onClose={() => setSaving(false)} />
      )}
    </Group>
  );
}

function Keep({
  output,
  item,
  editor,
  onClose,
}: {
  output: Output;
  item: Item;
  editor: Editor;
  onClose: () => void;
}) {
  const { t } = useTranslation(['studio', 'base']);
  useReturnFocus();
  const forget = useForget();
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [kind, field] = SAVED[output.Type]!;
  const save = async () => {
    try {
      await post(`${editor.api}/${kind}`, {
        [field]: { Name: name.trim() },
        ExperimentId: editor.ran?.id,
        ModuleNodeId: item.id,
        OutputName: output.Name,
      });
      await forget('saved');
      toast.done(t('outputs.saved', { name }));
      onClose();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`outputs.saveAs.${kind}`)}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextInput
          label={t('base:name')}
          withAsterisk
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Refusal error={error} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('base:cancel')}
          </Button>
          <Button type="submit" disabled={!name.trim()}>
            {t('base:save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
