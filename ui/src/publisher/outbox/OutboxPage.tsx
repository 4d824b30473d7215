import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import type { Template } from '../mails/TemplatesPage.tsx';
import { useTemplateName } from '../mails/useTemplateName.ts';
import { ResourceTable } from '../parts/ResourceTable.tsx';
import { useAll } from '../rest/management.ts';

type Mail = {
  template: string;
  recipient: string;
  state: 'waiting' | 'sending' | 'sent' | 'failed';
  attempts: number;
  created: string;
  due: string | null;
  sent: string | null;
  problem: string | null;
};
const STATES = ['waiting', 'sending', 'sent', 'failed'] as const;
const COLOURS = { waiting: 'warn', sending: 'accent', sent: 'ok', failed: 'danger' };

/** Mails on their way and those sent: to whom, but never what they say. */
export function OutboxPage() {
  const { t } = useTranslation('publisher');
  const table = useTable();
  const templateName = useTemplateName();
  const templates = useAll<Template>('/templates');
  return (
    <Page title={t('outbox.title')} lead={t('outbox.lead')}>
      <ResourceTable<Mail>
        label={t('outbox.title')}
        path="/mail"
        table={table}
        search={['recipient']}
        choices={[
          {
            field: 'template',
            label: t('outbox.template'),
            options: templates.map(({ name, properties }) => ({
              value: name,
              label: templateName(name, properties.title),
            })),
          },
          {
            field: 'state',
            label: t('outbox.state'),
            options: STATES.map((value) => ({ value, label: t(`outbox.states.${value}`) })),
          },
        ]}
        columns={[
          {
            key: 'created',
            title: t('outbox.created'),
            nowrap: true,
            text: ({ properties }) => dateTime(properties.created),
          },
          {
            key: 'recipient',
            title: t('outbox.recipient'),
            text: ({ properties }) => properties.recipient,
          },
          {
            key: 'template',
            title: t('outbox.template'),
            text: ({ properties }) => templateName(properties.template),
          },
          {
            key: 'state',
            title: t('outbox.state'),
            text: ({ properties }) => t(`outbox.states.${properties.state}`),
            cell: ({ properties }) => (
              <Badge color={COLOURS[properties.state]}>
                {t(`outbox.states.${properties.state}`)}
              </Badge>
            ),
          },
          {
            key: 'attempts',
            title: t('outbox.attempts'),
            numeric: true,
            text: ({ properties }) => properties.attempts,
          },
          {
            key: 'problem',
            title: t('outbox.problem'),
            text: ({ properties }) => properties.problem ?? '',
          },
        ]}
        empty={<Empty text={t('outbox.empty')} />}
      />
    </Page>
  );
}
