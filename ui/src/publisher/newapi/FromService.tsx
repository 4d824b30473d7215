import { Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Empty } from '../../parts/Empty.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { useAll } from '../rest/management.ts';
import { following, useMaking } from './making.ts';

type Service = {
  displayName: string;
  description: string;
  path: string;
  swaggerPath: string;
};

/** From a web service that the studio has published: its document says the rest. */
export function FromService() {
  const { t } = useTranslation('publisher');
  const { site } = useSession();
  const [params] = useSearchParams();
  const services = useAll<Service>('/webServices');
  const [chosen, choose] = useState(params.get('service') ?? services[0]?.name ?? '');
  const { fields, create } = useMaking();
  const service = services.find((one) => one.name === chosen);
  if (!services.length) return <Empty text={t('newApi.noServices')} />;
  const initial = {
    protocols: ['http', 'https'],
    path: '',
    displayName: service?.properties.displayName,
  };
  return (
    <div className="pub-narrow">
      <Select
        label={t('newApi.service')}
        description={service?.properties.description}
        mb="md"
        searchable
        allowDeselect={false}
        data={services.map(({ name, properties }) => ({
          value: name,
          label: properties.displayName,
        }))}
        value={chosen}
        onChange={(name) => choose(name ?? '')}
      />
      {service && (
        <EntityForm
          key={service.name}
          fresh
          fields={[fields.name, fields.id, fields.path, fields.protocols, fields.product]}
          initial={following(initial, 'displayName')}
          follow={following}
          action={t('newApi.manage')}
          onSave={({ follows: _, ...values }) =>
            create({
              ...values,
              format: 'swagger-link-json',
              value: site.servicesUrl + service.properties.swaggerPath,
            })
          }
        />
      )}
    </div>
  );
}
