import { Badge, Group, Table, Tabs, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes, milliseconds } from '../../base/format.ts';
import { CodeView } from '../../parts/CodeView.tsx';
import { decoded } from './request.ts';
import { Timeline } from './Timeline.tsx';
import type { Trace } from './trace.ts';

export type Relayed = {
  status: number;
  reason: string;
  headers: [string, string][];
  bodyBase64: string;
  milliseconds: number;
  traceId?: string | null;
};

/** What came back: status, time, size, body, headers, and the trace. */
export function Answer({ answer, trace }: { answer: Relayed; trace: Trace | null | undefined }) {
  const { t } = useTranslation('publisher');
  const body = decoded(answer.bodyBase64);
  const size = Math.floor((answer.bodyBase64.replace(/=+$/, '').length * 3) / 4);
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const colour = answer.status < 300 ? 'ok' : answer.status < 400 ? 'accent' : 'danger';
  return (
    <section aria-label={t('test.response')} aria-live="polite">
      <Group gap="sm" mb="sm">
        <Badge size="lg" color={colour}>
          {answer.status} {answer.reason}
        </Badge>
        <Text size="sm">{milliseconds(answer.milliseconds)}</Text>
        <Text size="sm">{bytes(size)}</Text>
      </Group>
      <Tabs
        defaultValue={trace ? 'trace' : 'body'}
        key={trace?.traceId ?? 'none'}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {trace && <Tabs.Tab value="trace">{t('trace.title')}</Tabs.Tab>}
          <Tabs.Tab value="body">{t('test.body')}</Tabs.Tab>
          <Tabs.Tab value="headers">{t('test.headers')}</Tabs.Tab>
        </Tabs.List>
        {trace && (
          <Tabs.Panel value="trace">
            <Timeline trace={trace} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="body">
          {body ? (
            <div className="app-panel">
              <CodeView
                code={pretty(body, type)}
                language={type.includes('json') ? 'json' : type.includes('xml') ? 'xml' : 'text'}
                label={t('test.body')}
              />
            </div>
          ) : (
            <Text size="sm" c="dimmed">
              {t('test.noBody')}
            </Text>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <Table fz="sm" verticalSpacing={4} aria-label={t('test.headers')}>
            <Table.Tbody>
              {answer.headers.map(([name, value], index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice
                <Table.Tr key={index}>
                  <Table.Th scope="row">{name}</Table.Th>
                  <Table.Td className="pub-wrap app-code">{value}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Tabs.Panel>
      </Tabs>
      {trace === null && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('trace.none')}
        </Text>
      )}
    </section>
  );
}

function pretty(body: string, type: string): string {
  if (!type.includes('json')) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
