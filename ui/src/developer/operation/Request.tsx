import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiDetails, Operation, Parameter } from '../data.ts';
import { Bodies } from './Bodies.tsx';
import { Parameters } from './Parameters.tsx';

/** What an operation takes. */
export function Request({ api, operation }: { api: ApiDetails; operation: Operation }) {
  const { t } = useTranslation(['developer', 'base']);
  const { request, templateParameters } = operation;
  const inQuery = (name: string) =>
    (operation.urlTemplate.split('?')[1] ?? '').includes(`{${name}}`);
  const path = templateParameters.filter(({ name }) => !inQuery(name));
  const query = [
    ...templateParameters.filter(({ name }) => inQuery(name)),
    ...request.queryParameters,
  ];
  const key: Parameter[] = api.subscriptionRequired
    ? [
        {
          name: api.keyNames.header,
          type: 'string',
          required: true,
          description: t('operation.keyHeader', { query: api.keyNames.query }),
          defaultValue: null,
          values: [],
        },
      ]
    : [];
  return (
    <>
      {request.description && <Text mt="md">{request.description}</Text>}
      <Parameters title={t('operation.path')} parameters={path} />
      <Parameters title={t('operation.query')} parameters={query} />
      <Parameters title={t('operation.headers')} parameters={[...key, ...request.headers]} />
      {request.representations.length > 0 && (
        <section aria-labelledby="request-body">
          <Title order={2} id="request-body" mt="lg" mb={4}>
            {t('operation.body')}
          </Title>
          <Bodies representations={request.representations} label={t('operation.body')} />
        </section>
      )}
    </>
  );
}
