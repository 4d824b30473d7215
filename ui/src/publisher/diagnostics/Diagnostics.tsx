import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Field, sendable } from '../parts/fields.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { type Listed, type Properties, useRead } from '../rest/management.ts';
import { nameOf } from '../rest/odata.ts';

type Diagnostic = {
  loggerId: string;
  sampling?: { percentage: number };
  verbosity?: string;
  logClientIp: boolean;
};
const IDS = ['local', 'applicationinsights', 'azuremonitor'];

/** What of calls is logged, and where to. */
export function Diagnostics() {
  const { t } = useTranslation(['publisher', 'base']);
  const loggers = useRead<Listed>('/loggers', { $top: 1 }).data?.count;
  const fields = fieldsOf(t, loggers === 0);
  const kind: Kind<Diagnostic> = {
    path: '/diagnostics',
    words: {
      title: t('diagnostics.title'),
      lead: t('diagnostics.lead'),
      one: t('diagnostics.one'),
      new: t('diagnostics.new'),
      empty: t('diagnostics.empty'),
    },
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'logger',
        title: t('loggers.one'),
        text: ({ properties }) => nameOf(properties.loggerId),
      },
      {
        key: 'sampling',
        title: t('diagnostics.sampling'),
        numeric: true,
        text: ({ properties }) => properties.sampling?.percentage ?? 100,
      },
      {
        key: 'verbosity',
        title: t('diagnostics.verbosity'),
        text: ({ properties }) => properties.verbosity ?? '',
      },
    ],
    search: ['name'],
    ids: IDS.map((value) => ({ value, label: value })),
    initial: { logClientIp: false },
    shown: ({ properties }) => ({
      ...(properties as Properties),
      loggerId: nameOf(properties.loggerId),
    }),
    fields,
    sent: ({ loggerId, ...values }, fresh) =>
      sendable(fields, { ...values, loggerId: `/loggers/${loggerId}` }, !fresh),
  };
  return <ResourcePage kind={kind} />;
}

type Words = TFunction<['publisher', 'base']>;

function fieldsOf(t: Words, lonely: boolean): Field[] {
  return [
    {
      at: 'loggerId',
      label: t('loggers.one'),
      kind: 'entity',
      picked: () => ({ path: '/loggers', search: ['name'], title: ({ name }) => name }),
      required: true,
      help: lonely ? t('diagnostics.noLogger') : undefined,
    },
    { at: 'sampling.percentage', label: t('diagnostics.sampling'), kind: 'number' },
    {
      at: 'verbosity',
      label: t('diagnostics.verbosity'),
      kind: 'select',
      options: ['verbose', 'information', 'error'].map((value) => ({ value, label: value })),
    },
    {
      at: 'alwaysLog',
      label: t('diagnostics.always'),
      kind: 'select',
      options: [{ value: 'allErrors', label: t('diagnostics.allErrors') }],
    },
    {
      at: 'frontend.request.headers',
      label: t('diagnostics.requestHeaders'),
      kind: 'words',
    },
    { at: 'frontend.request.body.bytes', label: t('diagnostics.requestBytes'), kind: 'number' },
    { at: 'frontend.response.headers', label: t('diagnostics.responseHeaders'), kind: 'words' },
    { at: 'frontend.response.body.bytes', label: t('diagnostics.responseBytes'), kind: 'number' },
    { at: 'logClientIp', label: t('diagnostics.clientIp'), kind: 'switch' },
    { at: 'metrics', label: t('diagnostics.metrics'), kind: 'switch' },
  ];
}
