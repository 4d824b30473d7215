import { Group, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Page } from '../../base/Page.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { displayed, EntityPicker } from '../parts/EntityPicker.tsx';
import type { Entity } from '../rest/management.ts';
import { type Kind, kindOf } from './elements.ts';
import { PolicyEditor } from './PolicyEditor.tsx';
import { operationScope, operationsPath, partsOf } from './scope.ts';

/** Policies at the four scopes: which one is chosen above, and written below. */
export function PoliciesPage() {
  const { t } = useTranslation('publisher');
  const [params, setParams] = useSearchParams();
  const scope = params.get('scope') ?? '';
  const kind = (params.get('kind') as Kind | null) ?? kindOf(scope);
  const { product, api, operation } = partsOf(scope);
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
            path="/products"
            value={product}
            onChange={(id) => choose(`products/${id}`)}
          />
        )}
        {(kind === 'api' || kind === 'operation') && (
          <Choose
            label={t('policies.scopes.api')}
            path="/apis"
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

function Choose({ label, path, value, onChange }: Chosen & { label: string; path: string }) {
  return (
    <EntityPicker
      aria-label={label}
      placeholder={label}
      w={280}
      allowDeselect={false}
      path={path}
      title={titled}
      value={value || null}
      onChange={(id) => id && onChange(id)}
    />
  );
}

function titled(row: Entity): string {
  const { apiRevision, isCurrent } = row.properties;
  return isCurrent === false && row.name.includes(';rev=')
    ? `${displayed(row)} (rev ${apiRevision})`
    : displayed(row);
}

export function Operations({ api, value, onChange }: Chosen & { api: string }) {
  const { t } = useTranslation('publisher');
  return (
    <Choose
      label={t('policies.scopes.operation')}
      path={operationsPath(api)}
      value={value}
      onChange={onChange}
    />
  );
}
