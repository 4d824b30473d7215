import { Badge, Group, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { bytes, milliseconds } from '../../base/format.ts';
import { CodePanel } from '../../parts/CodePanel.tsx';
import type { CodeLanguage } from '../../parts/highlight.ts';
import { Scroll } from '../../parts/Scroll.tsx';
import { type Answer, bytesOf, headerOf, textOf } from './send.ts';

/** What came back: status, time, size, headers and content. */
export function ResponseView({ answer, url }: { answer: Answer; url: string }) {
  const { t } = useTranslation('developer');
  const tone = answer.status < 300 ? 'ok' : answer.status < 400 ? 'warn' : 'danger';
  const size = bytesOf(answer).length;
  const { text, language } = shown(answer);
  return (
    <section aria-label={t('try.response')} className="dev-response">
      <Title order={3}>{t('try.requestedUrl')}</Title>
      <code className="app-code dev-wrap">{url}</code>
      <Title order={3} mt="md">
        {t('try.status')}
      </Title>
      <Group gap="sm" role="status">
        <Badge color={tone} size="lg">
          {answer.status} {answer.reason}
        </Badge>
        <Text size="sm">{t('try.latency', { time: milliseconds(answer.milliseconds) })}</Text>
        <Text size="sm">{t('try.size', { size: bytes(size) })}</Text>
      </Group>
      <Title order={3} mt="md" id="answer-headers">
        {t('try.responseHeaders')}
      </Title>
      <Scroll label={t('try.responseHeaders')}>
        <Table fz="xs" verticalSpacing={3} aria-labelledby="answer-headers">
          <Table.Tbody>
            {answer.headers.map(([name, value], at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, their order is fixed
              <Table.Tr key={at}>
                <Table.Th scope="row">
                  <code className="app-code">{name}</code>
                </Table.Th>
                <Table.Td>
                  <code className="app-code dev-wrap">{value}</code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      <Title order={3} mt="md" mb={4}>
        {t('try.content')}
      </Title>
      {size === 0 ? (
        <Text size="sm" c="dimmed">
          {t('try.noContent')}
        </Text>
      ) : (
        <CodePanel
          label={t('try.content')}
          samples={[{ title: t('try.content'), language, code: text ?? t('try.binary') }]}
        />
      )}
    </section>
  );
}

function shown(answer: Answer): { text: string | null; language: CodeLanguage } {
  const text = textOf(answer);
  const type = headerOf(answer, 'content-type');
  if (text === null) return { text, language: 'text' };
  if (/json/.test(type)) {
    try {
      return { text: JSON.stringify(JSON.parse(text), null, 2), language: 'json' };
    } catch {
      return { text, language: 'text' };
    }
  }
  return { text, language: /xml|html/.test(type) ? 'xml' : 'text' };
}
