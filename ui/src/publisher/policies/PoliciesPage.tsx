import { Group, SegmentedControl, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Page } from '../../base/Page.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { type Entity, EVERYTHING, type Listed, useAll, useRead } from '../rest/management.ts';
import { type Kind, kindOf } from './elements.ts';
import { PolicyEditor } from './PolicyEditor.tsx';
import { operationScope, operationsPath, partsOf } from './scope.ts';

type Named = { displayName: string; apiRevision?: string; isCurrent?: boolean };

/** Policies at the four scopes: which one is chosen above, and written below. */
export function PoliciesPage() {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  const scope = params.get('scope') ?? '';
  const kind = (params.get('kind') as Kind | null) ?? kindOf(scope);
  const { product, api, operation } = partsOf(scope);
  const apis = useAll<Named>('/apis');
  const products = useAll<Named>('/products');
  const choose = (next: string, of: Kind = kindOf(next)) =>
    setParams({ scope: next, kind: of }, { replace: true });
  const change = (next: Kind) => {
    if (next === 'global') return choose('');
    if (next === 'product') return choose(product ? scope : '', 'product');
    return choose(api ? `apis/${api}` : '', next);
  };
  const ready = kind === kindOf(scope);
  return (
    <Page title={t('policies.title')} lead={t('policies.lead')}>
      <Group mb="md" align="flex-end" gap="sm">
        <SegmentedControl
          aria-label={t('policies.scope')}
          value={kind}
          onChange={(next) => change(next as Kind)}
          data={(['global', 'product', 'api', 'operation'] as const).map((value) => ({
            value,
            label: t(`policies.scopes.${value}`),
          }))}
        />
        {kind === 'product' && (
          <Choose
            label={t('policies.scopes.product')}
            rows={products}
            value={product}
            onChange={(id) => choose(`products/${id}`)}
          />
        )}
        {(kind === 'api' || kind === 'operation') && (
          <Choose
            label={t('policies.scopes.api')}
            rows={apis}
            value={api}
            onChange={(id) => choose(`apis/${id}`, kind)}
          />
        )}
        {kind === 'operation' && api && (
          <Operations
            api={api}
            value={operation}
            onChange={(id) => choose(operationScope(api, id))}
          />
        )}
      </Group>
      {ready ? <PolicyEditor key={scope} scope={scope} /> : <Empty text={t('policies.choose')} />}
    </Page>
  );
}

type Chosen = { value: string; onChange: (id: string) => void };

function Choose({
  label,
  rows,
  value,
  onChange,
}: Chosen & { label: string; rows: Entity<Named>[] }) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      w={280}
      searchable
      allowDeselect={false}
      data={rows.map(({ name, properties }) => ({ value: name, label: titled(name, properties) }))}
      value={value || null}
      onChange={(id) => id && onChange(id)}
    />
  );
}

function titled(name: string, { displayName, apiRevision, isCurrent }: Named): string {
  return isCurrent === false && name.includes(';rev=')
    ? `${displayName} (rev ${apiRevision})`
    : displayName;
}

export function Operations({ api, value, onChange }: Chosen & { api: string }) {
  const { t } = useTranslation('publisher');
  const { data } = useRead<Listed<Named>>(operationsPath(api), { $top: EVERYTHING });
  return (
    <Choose
      label={t('policies.scopes.operation')}
      rows={data?.value ?? []}
      value={value}
      onChange={onChange}
    />
  );
}
