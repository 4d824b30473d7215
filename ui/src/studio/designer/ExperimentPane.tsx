import { Badge, List, Table, Text, Textarea, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../base/format.ts';
import { isoOf } from '../data/moment.ts';
import type { NodeStatus } from '../data/types.ts';
import { StateBadge } from '../parts/state.tsx';
import { took } from '../parts/took.ts';
import { nameOf } from './ports.ts';
import { ServiceParameters } from './ServiceParameters.tsx';
import { StateSign } from './StateSign.tsx';
import type { Editor } from './useEditor.ts';

/** What is told of the whole experiment while nothing is chosen. */
export function ExperimentPane({ editor }: { editor: Editor }) {
  const { t } = useTranslation('studio');
  const { held, ran, shelf, selected, faults } = editor;
  const nodes = ran ? [...ran.nodes.values()] : [];
  const status = ran?.status;
  const idle = status?.StatusCode === 'Running' ? ['InDraft'] : ['InDraft', 'Queued'];
  const logged = nodes
    .filter(({ Status }) => !idle.includes(Status.StatusCode))
    .sort((one, other) => begun(one) - begun(other));
  const [began, ended] = [isoOf(status?.StartTime), isoOf(status?.EndTime)];
  // What broke tells why in the log.
  const broke = logged.some(({ Status }) => Status.StatusDetail);
  const title = (id: string) => {
    const item = held.canvas.items.find((each) => each.id === id || each.of === id);
    return item ? nameOf(item, shelf) : id;
  };
  return (
    <>
      <Title order={2}>{t('designer.properties')}</Title>
      {selected.size > 1 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('designer.chosen', { count: selected.size })}
        </Text>
      )}
      <Textarea
        mt="sm"
        label={t('designer.summary')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4000}
        readOnly={editor.locked}
        value={held.summary}
        onChange={(event) => editor.summarise(event.currentTarget.value)}
      />
      {status && (
        <Table fz="sm" verticalSpacing={4} mt="sm" aria-label={t('designer.lastRun')}>
          <Table.Tbody>
            <Line name={t('experiments.state')} value={<StateBadge state={status.StatusCode} />} />
            <Line name={t('history.start')} value={dateTime(began)} />
            <Line name={t('history.end')} value={dateTime(ended)} />
            <Line name={t('history.took')} value={took(status.StartTime, status.EndTime)} />
            {status.StatusDetail && !broke && (
              <Line name={t('history.detail')} value={shelf.tell.message(status.StatusDetail)} />
            )}
          </Table.Tbody>
        </Table>
      )}
      {faults.length > 0 && (
        <section aria-label={t('designer.faults')}>
          <Title order={3} mt="md">
            {t('designer.faults')}
          </Title>
          <List size="sm" mt={4} spacing={4}>
            {faults.map(({ NodeId, Message }) => (
              <List.Item key={`${NodeId}${Message}`}>
                {NodeId && (
                  <button
                    type="button"
                    className="st-link"
                    onClick={() => {
                      const item = held.canvas.items.find(
                        ({ id, of }) => id === NodeId || of === NodeId,
                      );
                      if (item) editor.show(item.id);
                    }}
                  >
                    {title(NodeId)}
                  </button>
                )}{' '}
                {without(shelf.tell.message(Message), NodeId ? title(NodeId) : '')}
              </List.Item>
            ))}
          </List>
        </section>
      )}
      <ServiceParameters editor={editor} />
      {logged.length > 0 && (
        <section aria-label={t('designer.log')}>
          <Title order={3} mt="md">
            {t('designer.log')}
          </Title>
          <ol className="st-log">
            {logged.map(({ NodeId, Status, Cached, Log }) => (
              <li key={NodeId}>
                <div className="st-log-line">
                  <StateSign state={Status.StatusCode} />
                  <button type="button" className="st-link" onClick={() => editor.show(NodeId)}>
                    {title(NodeId)}
                  </button>
                  {Cached ? (
                    <Badge color="gray">{t('designer.cached')}</Badge>
                  ) : (
                    <Text span size="xs" c="dimmed" className="app-numbers">
                      {took(Status.StartTime, Status.EndTime)}
                    </Text>
                  )}
                </div>
                {Status.StatusDetail && (
                  <Text size="xs">{shelf.tell.message(Status.StatusDetail)}</Text>
                )}
                {Log && <pre className="st-text">{Log}</pre>}
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

/** The name is before it already, as what one clicks. */
function without(message: string, name: string): string {
  return name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

/** When a module began; what waits comes last. */
function begun({ Status }: NodeStatus): number {
  const iso = isoOf(Status.StartTime);
  return iso ? Date.parse(iso) : Number.MAX_SAFE_INTEGER;
}

function Line({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {name}
      </Table.Th>
      <Table.Td className="st-break">{value}</Table.Td>
    </Table.Tr>
  );
}
