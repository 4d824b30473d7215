import { Accordion, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Operation } from '../data.ts';
import { Bodies } from './Bodies.tsx';
import { Parameters } from './Parameters.tsx';

/** What an operation may answer. */
export function Responses({ operation }: { operation: Operation }) {
  const { t } = useTranslation('developer');
  const { responses } = operation;
  if (!responses.length) return null;
  return (
    <section aria-labelledby="responses">
      <Title order={2} id="responses" mt="lg" mb="xs">
        {t('operation.responses')}
      </Title>
      <Accordion
        variant="separated"
        defaultValue={String(responses[0]?.statusCode)}
        order={3}
        keepMounted={false}
      >
        {responses.map((one) => (
          <Accordion.Item key={one.statusCode} value={String(one.statusCode)}>
            <Accordion.Control>
              <span className="dev-status" data-class={Math.floor(one.statusCode / 100)}>
                {one.statusCode}
              </span>{' '}
              {one.description}
            </Accordion.Control>
            <Accordion.Panel>
              {!one.headers.length && !one.representations.length && (
                <Text size="sm" c="dimmed">
                  {t('operation.noBody')}
                </Text>
              )}
              <Parameters title={t('operation.headers')} parameters={one.headers} level={3} />
              <Bodies
                representations={one.representations}
                label={t('operation.response', { status: one.statusCode })}
              />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
