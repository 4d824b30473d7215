import { Badge, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { KeyField } from '../../parts/KeyField.tsx';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { at, useAsk, useMayWrite } from '../rest/management.ts';

type NamedValue = { displayName: string; value?: string; secret: boolean; tags: string[] };

/** Texts that policies use as {{name}}. */
export function NamedValues() {
  const { t } = useTranslation(['publisher', 'base']);
  const ask = useAsk();
  const mayWrite = useMayWrite();
  const kind: Kind<NamedValue> = {
    path: '/namedValues',
    words: {
      title: t('values.title'),
      lead: t('values.lead', { open: '{{', close: '}}' }),
      one: t('values.one'),
      new: t('values.new'),
      empty: t('values.empty'),
    },
    search: ['displayName', 'name'],
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
      },
      {
        key: 'value',
        title: t('values.value'),
        text: ({ properties }) =>
          properties.secret ? t('values.hidden') : (properties.value ?? ''),
        cell: ({ properties }) =>
          properties.secret ? (
            <Badge color="gray">{t('values.secret')}</Badge>
          ) : (
            <Text size="sm" ff="monospace" truncate="end" maw={420}>
              {properties.value}
            </Text>
          ),
      },
      { key: 'tags', title: t('tags.title'), text: ({ properties }) => properties.tags.join(', ') },
    ],
    idFrom: 'displayName',
    initial: { secret: false, tags: [] },
    fields: [
      {
        at: 'displayName',
        label: t('base:name'),
        required: true,
        mono: true,
        help: t('values.nameHelp'),
      },
      { at: 'secret', label: t('values.keepSecret'), kind: 'switch', help: t('values.secretHelp') },
      {
        at: 'value',
        label: t('values.value'),
        kind: 'area',
        mono: true,
        when: ({ secret }) => !secret,
      },
      {
        at: 'value',
        label: t('values.value'),
        kind: 'secret',
        when: ({ secret }) => secret,
      },
      { at: 'tags', label: t('tags.title'), kind: 'words' },
    ],
    below: (entity) =>
      mayWrite &&
      entity?.properties.secret && (
        <div>
          <Text size="sm" fw={500}>
            {t('values.now')}
          </Text>
          <KeyField
            name={t('values.value')}
            fetch={async () => {
              const told = await ask<{ value: string }>(
                'POST',
                at`/namedValues/${entity.name}/listValue`,
              );
              return told.value;
            }}
          />
        </div>
      ),
  };
  return <ResourcePage kind={kind} />;
}
