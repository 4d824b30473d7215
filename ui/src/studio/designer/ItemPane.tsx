import { Alert, Badge, Group, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { number } from '../../base/format.ts';
import type { Telling } from '../data/telling.ts';
import type { Module } from '../data/types.ts';
import { StateBadge } from '../parts/state.tsx';
import { took } from '../parts/took.ts';
import { type Item, renamed, withComment } from './canvas.ts';
import type { Looked } from './Editor.tsx';
import { Logged } from './Logged.tsx';
import { Outputs } from './Outputs.tsx';
import { ParameterField } from './ParameterField.tsx';
import { shownOf } from './parameters.ts';
import { nameOf } from './ports.ts';
import type { Editor } from './useEditor.ts';
import { Wires } from './Wires.tsx';

type Props = { item: Item; editor: Editor; onLook: (looked: Looked) => void };

/** What is told of one thing on the canvas, and what can be set. */
export function ItemPane({ item, editor, onLook }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { shelf, locked } = editor;
  const module = item.kind === 'module' ? shelf.modules.get(item.of) : undefined;
  const saved = item.kind === 'saved' ? shelf.saved.get(item.of) : undefined;
  const status = editor.nodes.get(item.id);
  const faults = editor.faults.filter(({ NodeId }) => NodeId === item.id || NodeId === item.of);
  return (
    <>
      <Title order={2} className="st-break">
        {item.kind === 'input' || item.kind === 'output'
          ? t(`palette.${item.kind}`)
          : nameOf(item, shelf)}
      </Title>
      {module && <Help module={module} tell={shelf.tell} />}
      {saved && (
        <>
          <Text size="sm" c="dimmed" mt={4}>
            {saved.Description}
          </Text>
          {saved.RowCount !== null && (
            <Text size="sm" mt={4}>
              {t('visualize.size', {
                rows: number(saved.RowCount),
                columns: number(saved.ColumnCount),
              })}
            </Text>
          )}
        </>
      )}
      {faults.length > 0 && !status && (
        <Alert color="warn" mt="sm" p="xs">
          {faults.map(({ Message }) => (
            <Text key={Message} size="sm">
              {shelf.tell.message(Message)}
            </Text>
          ))}
        </Alert>
      )}
      {status && <Standing editor={editor} id={item.id} />}
      {(item.kind === 'input' || item.kind === 'output') && (
        <TextInput
          mt="sm"
          label={t('base:name')}
          value={item.of}
          readOnly={locked}
          onChange={(event) => {
            const name = event.currentTarget.value;
            editor.change((canvas) => renamed(canvas, item.id, name), `name ${item.id}`);
          }}
        />
      )}
      {module && module.Parameters.length > 0 && (
        <section aria-label={t('designer.parameters')} className="st-fields">
          {shownOf(module, item).map((parameter) => (
            <ParameterField
              key={parameter.Name}
              parameter={parameter}
              item={item}
              module={module}
              editor={editor}
            />
          ))}
        </section>
      )}
      <Outputs item={item} editor={editor} onLook={onLook} />
      <Wires item={item} editor={editor} />
      {item.kind === 'module' && (
        <Textarea
          mt="sm"
          className="st-comment"
          label={t('designer.comment')}
          autosize
          minRows={1}
          maxRows={5}
          maxLength={1000}
          readOnly={locked}
          value={item.comment ?? ''}
          onChange={(event) => {
            const comment = event.currentTarget.value;
            editor.change((canvas) => withComment(canvas, item.id, comment), `comment ${item.id}`);
          }}
        />
      )}
    </>
  );
}

/** What a module does; behind another name, the one that articles and graphs know. */
function Help({ module, tell }: { module: Module; tell: Telling }) {
  const { t } = useTranslation('studio');
  const [first, ...more] = tell.help(module).split('\n');
  return (
    <>
      {tell.module(module.Name) !== module.Name && (
        <Text size="xs" c="dimmed" lang="en">
          {module.Name}
        </Text>
      )}
      <details className="st-help">
        <summary>{first || t('designer.help')}</summary>
        <Text size="sm" className="st-lines">
          {more.join('\n').trim()}
        </Text>
      </details>
    </>
  );
}

function Standing({ editor, id }: { editor: Editor; id: string }) {
  const { t } = useTranslation('studio');
  const { Status: status, Cached: cached } = editor.nodes.get(id)!;
  return (
    <section aria-label={t('experiments.state')} className="st-standing">
      <Group gap={6}>
        <StateBadge state={status.StatusCode} />
        {cached && <Badge color="gray">{t('designer.cached')}</Badge>}
        {status.EndTime && (
          <Text size="xs" c="dimmed">
            {took(status.StartTime, status.EndTime)}
          </Text>
        )}
      </Group>
      {status.StatusDetail && (
        <Alert color={status.StatusCode === 'Failed' ? 'danger' : 'gray'} mt={6} p="xs">
          {editor.shelf.tell.message(status.StatusDetail)}
        </Alert>
      )}
      <Logged editor={editor} id={id} />
    </section>
  );
}
