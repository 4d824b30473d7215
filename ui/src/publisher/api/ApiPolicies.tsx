import { Group, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { Operation } from '../operation/model.ts';
import { PolicyEditor } from '../policies/PolicyEditor.tsx';
import { operationScope } from '../policies/scope.ts';
import { at, useAll } from '../rest/management.ts';

/** The policies of an API, or of one of its operations. */
export default function ApiPolicies({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  const operations = useAll<Operation>(at`/apis/${id}/operations`);
  const operation = params.get('operation') ?? '';
  const scope = operation ? operationScope(id, operation) : `apis/${id}`;
  return (
    <div>
      <Group mb="md">
        <Select
          aria-label={t('policies.scope')}
          w={320}
          searchable
          allowDeselect={false}
          data={[
            { value: '', label: t('api.allOperations') },
            ...operations.map(({ name, properties }) => ({
              value: name,
              label: `${properties.method} ${properties.displayName}`,
            })),
          ]}
          value={operation}
          onChange={(name) => setParams(name ? { operation: name } : {}, { replace: true })}
        />
      </Group>
      <PolicyEditor key={scope} scope={scope} />
    </div>
  );
}
