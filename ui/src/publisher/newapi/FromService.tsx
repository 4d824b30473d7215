import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Loading } from '../../base/Loading.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { EntityPicker } from '../parts/EntityPicker.tsx';
import { type Listed, useRead } from '../rest/management.ts';
import { equal } from '../rest/odata.ts';
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
  const [chosen, choose] = useState(params.get('service') ?? '');
  // The one that was chosen, or else the first that there is.
  const asked = { $top: 1, $filter: equal('name', chosen) };
  const { data, error } = useRead<Listed<Service>>('/webServices', asked);
  const { fields, create } = useMaking();
  const service = data?.value[0];
  if (error) return <Refusal error={error} />;
  if (!data) return <Loading />;
  if (!service && !chosen) return <Empty text={t('newApi.noServices')} />;
  const initial = {
    protocols: ['http', 'https'],
    path: '',
    displayName: service?.properties.displayName,
  };
  return (
    <div className="pub-narrow">
      <EntityPicker
        label={t('newApi.service')}
        description={service?.properties.description}
        mb="md"
        allowDeselect={false}
        path="/webServices"
        known={service}
        value={service?.name ?? null}
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
