import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { date } from '../../base/format.ts';
import type { Field } from '../parts/fields.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import type { Properties } from '../rest/management.ts';
import { freshId } from '../rest/random.ts';
import { COLOURS, STATES, type User } from './model.ts';

/** Developers and administrators: found, invited, added. */
export function UsersPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const fields: Field[] = [
    { at: 'firstName', label: t('users.firstName'), required: true },
    { at: 'lastName', label: t('users.lastName'), required: true },
    { at: 'email', label: t('users.email'), required: true },
    {
      at: 'how',
      label: t('users.how'),
      kind: 'select',
      required: true,
      options: [
        { value: 'invite', label: t('users.invite') },
        { value: 'signup', label: t('users.confirm') },
        { value: 'password', label: t('users.withPassword') },
      ],
    },
    {
      at: 'password',
      label: t('users.password'),
      kind: 'secret',
      required: true,
      help: t('users.passwordHelp'),
      when: ({ how }) => how === 'password',
    },
    { at: 'note', label: t('users.note'), kind: 'area', help: t('users.noteHelp') },
  ];
  const kind: Kind<User> = {
    path: '/users',
    words: {
      title: t('users.title'),
      lead: t('users.lead'),
      one: t('users.one'),
      new: t('users.new'),
      empty: t('users.empty'),
    },
    search: ['firstName', 'lastName', 'email', 'note'],
    choices: [
      {
        field: 'state',
        label: t('users.state'),
        options: STATES.map((value) => ({ value, label: t(`users.states.${value}`) })),
      },
    ],
    link: ({ name }) => `/users/${encodeURIComponent(name)}`,
    deleteQuery: { deleteSubscriptions: 'true' },
    columns: [
      {
        key: 'lastName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => `${properties.firstName} ${properties.lastName}`,
      },
      {
        key: 'email',
        title: t('users.email'),
        sortable: true,
        text: ({ properties }) => properties.email,
      },
      {
        key: 'state',
        title: t('users.state'),
        sortable: true,
        text: ({ properties }) => t(`users.states.${properties.state}`),
        cell: ({ properties }) => (
          <Badge color={COLOURS[properties.state]}>{t(`users.states.${properties.state}`)}</Badge>
        ),
      },
      {
        key: 'registrationDate',
        title: t('users.registered'),
        sortable: true,
        nowrap: true,
        text: ({ properties }) => date(properties.registrationDate),
      },
      { key: 'note', title: t('users.note'), text: ({ properties }) => properties.note ?? '' },
    ],
    hiddenId: freshId,
    initial: { how: 'invite' },
    fields,
    sent: ({ how, password, note, ...person }: Properties) => ({
      ...person,
      ...(note ? { note } : {}),
      ...(how === 'password' ? { password } : { confirmation: how }),
    }),
  };
  return <ResourcePage kind={kind} />;
}
