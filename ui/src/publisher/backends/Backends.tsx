import { useTranslation } from 'react-i18next';
import { CircuitBadge, useCircuits } from '../gateways/circuits.tsx';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { type Backend, type BackendForm, backendOf, formOf } from './model.ts';

const single = ({ type }: { type?: string }) => type !== 'Pool';
const pooled = ({ type }: { type?: string }) => type === 'Pool';
const broken = (values: { breaker?: boolean; type?: string }) =>
  single(values) && values.breaker === true;

/** Named places the gateway forwards to, alone or in pools. */
export function Backends() {
  const { t } = useTranslation(['publisher', 'base']);
  const circuits = useCircuits();
  const types = ['Single', 'Pool'].map((value) => ({
    value,
    label: t(`backends.types.${value}` as 'backends.types.Pool'),
  }));
  const kind: Kind<Backend> = {
    path: '/backends',
    words: {
      title: t('backends.title'),
      lead: t('backends.lead'),
      one: t('backends.one'),
      new: t('backends.new'),
      empty: t('backends.empty'),
    },
    search: ['name', 'title', 'url'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'title',
        title: t('backends.name'),
        sortable: true,
        text: ({ properties }) => properties.title ?? '',
      },
      {
        key: 'url',
        title: t('backends.url'),
        sortable: true,
        text: ({ properties }) =>
          properties.pool
            ? t('backends.members', { count: properties.pool.services.length })
            : properties.url,
      },
      {
        key: 'breaker',
        title: t('backends.breaker'),
        text: ({ properties }) => (properties.circuitBreaker ? t('base:yes') : t('base:no')),
        cell: ({ name, properties }) =>
          properties.circuitBreaker?.rules?.length ? (
            <CircuitBadge circuit={circuits.get(name)} />
          ) : (
            '–'
          ),
      },
    ],
    size: 560,
    initial: formOf({ type: 'Single', url: '' }),
    shown: ({ properties }) => formOf(properties),
    sent: (values, fresh) => backendOf(values as BackendForm, fresh),
    fields: [
      { at: 'title', label: t('backends.name') },
      { at: 'description', label: t('operation.description'), kind: 'area', rows: 2 },
      { at: 'type', label: t('backends.type'), kind: 'select', options: types, required: true },
      {
        at: 'url',
        label: t('backends.url'),
        mono: true,
        required: true,
        placeholder: 'https://model.example.com/v1',
        when: single,
      },
      {
        at: 'members',
        label: t('backends.memberBackends'),
        kind: 'entities',
        picked: () => ({
          path: '/backends',
          filter: "type eq 'Single'",
          search: ['name', 'title'],
          title: ({ name }) => name,
        }),
        required: true,
        help: t('backends.membersHelp'),
        when: pooled,
      },
      {
        at: 'weights',
        label: t('backends.weights'),
        kind: 'json',
        help: t('backends.weightsHelp'),
        when: pooled,
      },
      {
        at: 'certificateIds',
        label: t('backends.certificates'),
        kind: 'entities',
        picked: () => ({
          path: '/certificates',
          search: ['name', 'subject'],
          title: ({ name }) => name,
        }),
        when: single,
      },
      { at: 'scheme', label: t('backends.scheme'), placeholder: 'Bearer', when: single },
      {
        at: 'parameter',
        label: t('backends.parameter'),
        kind: 'secret',
        when: single,
      },
      {
        at: 'header',
        label: t('backends.headers'),
        kind: 'json',
        help: t('backends.headersHelp', { open: '{{', close: '}}' }),
        when: single,
      },
      { at: 'chain', label: t('backends.chain'), kind: 'switch', when: single },
      { at: 'host', label: t('backends.host'), kind: 'switch', when: single },
      {
        at: 'breaker',
        label: t('backends.useBreaker'),
        kind: 'switch',
        help: t('backends.breakerHelp'),
        when: single,
      },
      { at: 'failures', label: t('backends.failures'), kind: 'number', when: broken },
      {
        at: 'interval',
        label: t('backends.interval'),
        mono: true,
        placeholder: 'PT1M',
        when: broken,
      },
      {
        at: 'codes',
        label: t('backends.codes'),
        mono: true,
        placeholder: '500-599, 429',
        when: broken,
      },
      { at: 'trip', label: t('backends.trip'), mono: true, placeholder: 'PT1M', when: broken },
      { at: 'retryAfter', label: t('backends.retryAfter'), kind: 'switch', when: broken },
    ],
  };
  return <ResourcePage kind={kind} />;
}
