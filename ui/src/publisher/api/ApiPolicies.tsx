import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { EntityPicker } from '../parts/EntityPicker.tsx';
import { PolicyEditor } from '../policies/PolicyEditor.tsx';
import { operationScope, operationsPath } from '../policies/scope.ts';

/** The policies of an API, or of one of its operations. */
export default function ApiPolicies({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  const operation = params.get('operation') ?? '';
  const scope = operation ? operationScope(id, operation) : `apis/${id}`;
  return (
    <div>
      <Group mb="md">
        <EntityPicker
          aria-label={t('policies.scope')}
          w={320}
          clearable
          placeholder={t('api.allOperations')}
          path={operationsPath(id)}
          search={['displayName', 'urlTemplate']}
          title={({ properties }) => `${properties.method} ${properties.displayName}`}
          value={operation || null}
          onChange={(name) => setParams(name ? { operation: name } : {}, { replace: true })}
        />
      </Group>
      <PolicyEditor key={scope} scope={scope} />
    </div>
  );
}
