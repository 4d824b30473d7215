import { Accordion, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Bodies } from './Bodies.tsx';
import type { AnswerForm } from './model.ts';
import { Parameters } from './Parameters.tsx';

type Props = {
  responses: readonly AnswerForm[];
  onChange: (responses: AnswerForm[]) => void;
  readOnly?: boolean;
};

/** What the operation may answer, by status code. */
export function Responses({ responses, onChange, readOnly }: Props) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = (at: number, part: Partial<AnswerForm>) =>
    onChange(responses.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const free = ['200', '201', '204', '400', '401', '404', '429', '500'];
  const next = free.find((code) => responses.every((one) => one.statusCode !== code)) ?? '';
  return (
    <Stack gap="sm">
      {!responses.length && (
        <Text size="sm" c="dimmed">
          {t('operation.noResponses')}
        </Text>
      )}
      <Accordion variant="separated" multiple>
        {responses.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while typed
          <Accordion.Item key={at} value={String(at)}>
            <Accordion.Control>
              <code>{one.statusCode || '…'}</code> {one.description}
            </Accordion.Control>
            <Accordion.Panel>
              <Stack gap="sm">
                <Group align="flex-end" wrap="nowrap">
                  <TextInput
                    w={120}
                    label={t('operation.statusCode')}
                    inputMode="numeric"
                    value={one.statusCode}
                    disabled={readOnly}
                    onChange={(event) => change(at, { statusCode: event.currentTarget.value })}
                  />
                  <TextInput
                    style={{ flex: 1 }}
                    label={t('operation.description')}
                    value={one.description}
                    disabled={readOnly}
                    onChange={(event) => change(at, { description: event.currentTarget.value })}
                  />
                </Group>
                <Parameters
                  title={t('operation.headers')}
                  parameters={one.headers}
                  readOnly={readOnly}
                  empty={t('operation.noHeaders')}
                  onChange={(headers) => change(at, { headers })}
                />
                <Bodies
                  title={t('operation.bodies')}
                  bodies={one.bodies}
                  readOnly={readOnly}
                  onChange={(bodies) => change(at, { bodies })}
                />
                {!readOnly && (
                  <Button
                    size="xs"
                    color="danger"
                    variant="subtle"
                    style={{ alignSelf: 'flex-start' }}
                    onClick={() => onChange(responses.filter((_, i) => i !== at))}
                  >
                    {t('operation.deleteResponse', { code: one.statusCode })}
                  </Button>
                )}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {!readOnly && (
        <Button
          size="xs"
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() =>
            onChange([...responses, { statusCode: next, description: '', headers: [], bodies: [] }])
          }
        >
          {t('operation.addResponse')}
        </Button>
      )}
    </Stack>
  );
}
