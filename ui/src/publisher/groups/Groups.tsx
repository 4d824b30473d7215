import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { GroupMembers } from './GroupMembers.tsx';
import { useGroupWords } from './words.ts';

type Group = { displayName: string; description?: string; type: string; builtIn: boolean };

/** Who sees which products. */
export function Groups() {
  const { t } = useTranslation(['publisher', 'base']);
  const types = (['custom', 'external'] as const).map((value) => ({
    value,
    label: t(`groups.types.${value}`),
  }));
  const words = useGroupWords();
  const kind: Kind<Group> = {
    path: '/groups',
    words: {
      title: t('groups.title'),
      lead: t('groups.lead'),
      one: t('groups.one'),
      new: t('groups.new'),
      empty: t('groups.empty'),
    },
    search: ['displayName', 'name', 'description'],
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: (row) => words(row).title,
      },
      {
        key: 'type',
        title: t('groups.type'),
        text: ({ properties }) => t(`groups.types.${properties.type}` as 'groups.types.custom'),
        cell: ({ properties }) => (
          <Badge color={properties.builtIn ? 'gray' : 'accent'}>
            {t(`groups.types.${properties.type}` as 'groups.types.custom')}
          </Badge>
        ),
      },
      {
        key: 'description',
        title: t('operation.description'),
        sortable: true,
        text: (row) => words(row).about,
      },
    ],
    idFrom: 'displayName',
    initial: { type: 'custom' },
    mayDelete: ({ properties }) => !properties.builtIn,
    fields: [
      { at: 'displayName', label: t('base:name'), required: true },
      { at: 'description', label: t('operation.description'), kind: 'area' },
      {
        at: 'type',
        label: t('groups.type'),
        kind: 'select',
        options: types,
        required: true,
        fixed: true,
        when: ({ builtIn }) => !builtIn,
      },
      {
        at: 'externalId',
        label: t('groups.externalId'),
        mono: true,
        placeholder: 'aad://contoso.onmicrosoft.com/groups/…',
        when: ({ type }) => type === 'external',
      },
    ],
    below: (group) => group && <GroupMembers group={group.name} fixed={group.properties.builtIn} />,
  };
  return <ResourcePage kind={kind} />;
}
