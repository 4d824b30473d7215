import { Badge, Button } from '@mantine/core';
import { ShieldCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../base/toast.tsx';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { operationsPath } from '../policies/scope.ts';
import { type Properties, useAsk, useMayWrite } from '../rest/management.ts';
import { choicesOf, type Restricted, scopeOf } from './place.ts';

type Restriction = { scope: string; requireBase: 'true' | 'false' };
type Validated = { properties: { actionLog: { objectKey: string; action: string }[] } };
const KINDS: Restricted[] = ['global', 'product', 'api', 'operation'];
const ofApi = ({ kind }: Properties) => kind === 'api' || kind === 'operation';

/** Scopes whose policies may not leave out what is inherited. */
export function Restrictions() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<Restriction> = {
    path: '/policyRestrictions',
    words: {
      title: t('restrictions.title'),
      lead: t('restrictions.lead'),
      one: t('restrictions.one'),
      new: t('restrictions.new'),
      empty: t('restrictions.empty'),
    },
    search: ['name'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'scope',
        title: t('policies.scope'),
        text: ({ properties }) => properties.scope,
        cell: ({ properties }) => <code className="app-code">{properties.scope}</code>,
      },
      {
        key: 'requireBase',
        title: t('restrictions.base'),
        text: ({ properties }) =>
          properties.requireBase === 'true' ? t('base:yes') : t('base:no'),
        cell: ({ properties }) => (
          <Badge color={properties.requireBase === 'true' ? 'ok' : 'gray'}>
            {properties.requireBase === 'true' ? t('base:yes') : t('base:no')}
          </Badge>
        ),
      },
    ],
    initial: { kind: 'product', base: true },
    shown: ({ properties }) => ({
      ...choicesOf(properties.scope),
      base: properties.requireBase === 'true',
    }),
    fields: [
      {
        at: 'kind',
        label: t('policies.scope'),
        kind: 'select',
        required: true,
        options: KINDS.map((value) => ({ value, label: t(`policies.scopes.${value}`) })),
      },
      {
        at: 'product',
        label: t('policies.scopes.product'),
        kind: 'entity',
        required: true,
        when: (values) => values.kind === 'product',
        picked: () => ({ path: '/products' }),
      },
      {
        at: 'api',
        label: t('policies.scopes.api'),
        kind: 'entity',
        required: true,
        when: ofApi,
        picked: () => ({ path: '/apis', filter: 'isCurrent eq true' }),
      },
      {
        at: 'operation',
        label: t('policies.scopes.operation'),
        kind: 'entity',
        required: true,
        when: (values) => values.kind === 'operation' && Boolean(values.api),
        picked: ({ api }) => ({ path: operationsPath(String(api)) }),
      },
      {
        at: 'base',
        label: t('restrictions.base'),
        kind: 'switch',
        help: t('restrictions.baseHelp'),
      },
    ],
    sent: (values) => ({ scope: scopeOf(values), requireBase: values.base ? 'true' : 'false' }),
    tools: <Check />,
  };
  return <ResourcePage kind={kind} />;
}

/** Whether the documents there are keep what is asked of them. */
function Check() {
  const { t } = useTranslation('publisher');
  const ask = useAsk();
  const mayWrite = useMayWrite();
  const check = async () => {
    try {
      const { properties } = await ask<Validated>('POST', '/validatePolicies');
      const [first] = properties.actionLog;
      if (!first) return toast.done(t('restrictions.kept'));
      const { objectKey, action } = first;
      toast.failed(new Error(t('restrictions.broken', { scope: objectKey, action })));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    mayWrite && (
      <Button
        variant="default"
        leftSection={<ShieldCheck size={16} aria-hidden />}
        onClick={() => void check()}
      >
        {t('restrictions.check')}
      </Button>
    )
  );
}
