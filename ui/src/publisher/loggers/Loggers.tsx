import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import type { Properties } from '../rest/management.ts';

type Logger = { loggerType: string; description?: string; isBuffered: boolean };
const TYPES = ['webhook', 'logFile', 'azureMonitor', 'azureEventHub', 'applicationInsights'];

/** Where logs go. */
export function Loggers() {
  const { t } = useTranslation(['publisher', 'base']);
  const options = TYPES.map((value) => ({
    value,
    label: t(`loggers.types.${value}` as 'loggers.types.webhook'),
  }));
  const kind: Kind<Logger> = {
    path: '/loggers',
    words: {
      title: t('loggers.title'),
      lead: t('loggers.lead'),
      one: t('loggers.one'),
      new: t('loggers.new'),
      empty: t('loggers.empty'),
    },
    search: ['name', 'description'],
    choices: [{ field: 'loggerType', label: t('loggers.type'), options }],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'loggerType',
        title: t('loggers.type'),
        sortable: true,
        text: ({ properties: { loggerType } }) =>
          options.find((one) => one.value === loggerType)?.label ?? loggerType,
      },
      {
        key: 'description',
        title: t('operation.description'),
        sortable: true,
        text: ({ properties }) => properties.description ?? '',
      },
    ],
    initial: { loggerType: 'webhook', isBuffered: true },
    fields: [
      {
        at: 'loggerType',
        label: t('loggers.type'),
        kind: 'select',
        options,
        required: true,
        fixed: true,
      },
      { at: 'description', label: t('operation.description') },
      {
        at: 'url',
        draft: false,
        label: t('loggers.url'),
        mono: true,
        when: ({ loggerType }) => loggerType === 'webhook',
      },
      {
        at: 'name',
        label: t('loggers.file'),
        mono: true,
        when: ({ loggerType }) => loggerType === 'logFile',
      },
      {
        at: 'more',
        draft: false,
        label: t('loggers.credentials'),
        kind: 'json',
        help: t('loggers.credentialsHelp'),
        when: ({ loggerType }) => loggerType !== 'azureMonitor' && loggerType !== 'logFile',
      },
      { at: 'isBuffered', label: t('loggers.buffered'), kind: 'switch' },
    ],
    sent: loggerOf,
  };
  return <ResourcePage kind={kind} />;
}

/** Credentials are sent only when some were typed: the server never shows them. */
function loggerOf({ url, name, more, ...logger }: Properties): Properties {
  const others = typeof more === 'string' && more.trim() ? JSON.parse(more) : {};
  const credentials = { ...(url ? { url } : {}), ...(name ? { name } : {}), ...others };
  const { loggerType, description, isBuffered } = logger;
  const sent = { loggerType, description: description || null, isBuffered };
  return Object.keys(credentials).length ? { ...sent, credentials } : sent;
}
