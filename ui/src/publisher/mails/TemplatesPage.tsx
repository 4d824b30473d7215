import { Badge, SegmentedControl, Text } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { language } from '../../base/i18n.ts';
import { toast } from '../../base/toast.tsx';
import { useTable } from '../../parts/useTable.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import { at, type Entity, useChange } from '../rest/management.ts';
import { Preview } from './Preview.tsx';
import { useTemplateName } from './useTemplateName.ts';

export type Template = {
  subject: string;
  body: string;
  title?: string;
  description?: string;
  isDefault: boolean;
  parameters: { name: string; title?: string }[];
};

/** The texts of mails to developers. */
export function TemplatesPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const nameOf = useTemplateName();
  const named = ({ name, properties }: Entity<Template>) => nameOf(name, properties.title);
  const table = useTable();
  // Readers get mails in their own language: each has texts of its own.
  const spoken = table.value('language') || language();
  const change = useChange();
  const confirm = useConfirm();
  const restore = async (row: Entity<Template>) => {
    const sure = await confirm({
      title: t('templates.restoreTitle'),
      body: t('templates.restoreBody', { name: named(row) }),
      action: t('templates.restore'),
      danger: true,
    });
    if (!sure) return;
    await change('DELETE', at`/templates/${row.name}`, { etag: '*' })
      .then(() => toast.done(t('templates.restored')))
      .catch(toast.failed);
  };
  const kind: Kind<Template> = {
    path: '/templates',
    words: {
      title: t('templates.title'),
      lead: t('templates.lead'),
      one: t('templates.one'),
      new: '',
      empty: t('templates.empty'),
    },
    whole: true,
    query: spoken === 'pl' ? { language: spoken } : {},
    narrowing: (
      <SegmentedControl
        aria-label={t('templates.language')}
        value={spoken}
        onChange={(chosen) => table.set({ language: chosen })}
        data={[
          { value: 'en', label: 'English' },
          { value: 'pl', label: 'Polski' },
        ]}
      />
    ),
    fixed: true,
    size: 900,
    columns: [
      {
        key: 'title',
        title: t('base:name'),
        text: named,
      },
      {
        key: 'subject',
        title: t('templates.subject'),
        text: ({ properties }) => properties.subject,
      },
      {
        key: 'isDefault',
        title: t('templates.state'),
        text: ({ properties }) =>
          properties.isDefault ? t('templates.default') : t('templates.own'),
        cell: ({ properties }) => (
          <Badge color={properties.isDefault ? 'gray' : 'accent'}>
            {properties.isDefault ? t('templates.default') : t('templates.own')}
          </Badge>
        ),
      },
    ],
    actions: (row) =>
      row.properties.isDefault
        ? []
        : [{ label: t('templates.restore'), icon: Undo2, run: () => restore(row) }],
    fields: [
      { at: 'subject', label: t('templates.subject'), required: true },
      {
        at: 'body',
        label: t('templates.body'),
        kind: 'area',
        mono: true,
        rows: 10,
        required: true,
        help: t('templates.bodyHelp'),
      },
    ],
    below: (template, values) =>
      template && (
        <div>
          <Text size="sm" c="dimmed" mb="sm">
            {t('templates.tokens')}{' '}
            {template.properties.parameters.map((one) => (
              <code key={one.name} title={one.title} className="pub-token">
                ${one.name}
              </code>
            ))}
          </Text>
          <Preview
            subject={String(values.subject ?? '')}
            body={String(values.body ?? '')}
            tokens={template.properties.parameters}
          />
        </div>
      ),
  };
  return <ResourcePage kind={kind} />;
}
