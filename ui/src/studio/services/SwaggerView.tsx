import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../base/Loading.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { CodePanel } from '../../parts/CodePanel.tsx';
import { useBase } from '../data/queries.ts';
import { useSwagger } from './calls.ts';

/** The Swagger document as it is. */
export function SwaggerView({ service, endpoint }: { service: string; endpoint: string }) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const { data, error } = useSwagger(services, service, endpoint);
  if (error) return <Refusal error={error} />;
  if (!data) return <Loading />;
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {t('services.swaggerLead')}
      </Text>
      <CodePanel
        label="swagger.json"
        samples={[{ title: 'swagger.json', language: 'json', code: JSON.stringify(data, null, 2) }]}
      />
    </>
  );
}
