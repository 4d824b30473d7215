import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';

/** External caches that gateways share. */
export function Caches() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<{ useFromLocation: string; description?: string }> = {
    path: '/caches',
    words: {
      title: t('caches.title'),
      lead: t('caches.lead'),
      one: t('caches.one'),
      new: t('caches.new'),
      empty: t('caches.empty'),
    },
    search: ['name'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'useFromLocation',
        title: t('caches.location'),
        text: ({ properties }) => properties.useFromLocation,
      },
      {
        key: 'description',
        title: t('operation.description'),
        text: ({ properties }) => properties.description ?? '',
      },
    ],
    initial: { useFromLocation: 'default' },
    fields: [
      {
        at: 'connectionString',
        label: t('caches.connection'),
        kind: 'secret',
        help: t('caches.connectionHelp'),
      },
      { at: 'useFromLocation', label: t('caches.location'), required: true },
      { at: 'description', label: t('operation.description') },
    ],
  };
  return <ResourcePage kind={kind} />;
}
