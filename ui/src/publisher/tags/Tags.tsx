import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';

/** Words under which APIs, operations and products are found together. */
export function Tags() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<{ displayName: string }> = {
    path: '/tags',
    words: {
      title: t('tags.title'),
      lead: t('tags.lead'),
      one: t('tags.one'),
      new: t('tags.new'),
      empty: t('tags.empty'),
    },
    search: ['displayName'],
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
      },
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
    ],
    idFrom: 'displayName',
    fields: [{ at: 'displayName', label: t('base:name'), required: true }],
  };
  return <ResourcePage kind={kind} />;
}
