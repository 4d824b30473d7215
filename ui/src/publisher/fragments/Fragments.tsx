import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { usePolicySchema } from '../policies/usePolicySchema.ts';

/** Pieces of policy that documents include by id. */
export function Fragments() {
  const { t } = useTranslation(['publisher', 'base']);
  const elements = usePolicySchema();
  const kind: Kind<{ description?: string; value: string }> = {
    path: '/policyFragments',
    words: {
      title: t('fragments.title'),
      lead: t('fragments.lead'),
      one: t('fragments.one'),
      new: t('fragments.new'),
      empty: t('fragments.empty'),
    },
    search: ['name', 'description'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'description',
        title: t('operation.description'),
        sortable: true,
        text: ({ properties }) => properties.description ?? '',
      },
    ],
    size: 720,
    verb: 'PUT',
    initial: { value: '<fragment>\n  \n</fragment>' },
    fields: [
      { at: 'description', label: t('operation.description') },
      {
        at: 'value',
        label: t('fragments.value'),
        kind: 'xml',
        elements,
        rows: 14,
        required: true,
        help: t('fragments.valueHelp'),
      },
    ],
    sent: ({ description, value }) => ({
      description: description || undefined,
      value,
      format: 'rawxml',
    }),
  };
  return <ResourcePage kind={kind} />;
}
