import { Anchor, Badge, Drawer, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { CodeView } from '../../parts/CodeView.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { ResourceTable } from '../parts/ResourceTable.tsx';
import type { Entity } from '../rest/management.ts';

type Entry = {
  timestamp: string;
  actor: string;
  role: string;
  method: string;
  path: string;
  before: object | null;
  after: object | null;
};
const COLOURS: Record<string, string> = {
  PUT: 'accent',
  PATCH: 'warn',
  DELETE: 'danger',
  POST: 'gray',
};

/** Who changed what, and when. */
export function AuditPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const [opened, open] = useState<Entity<Entry> | null>(null);
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')}>
      <ResourceTable<Entry>
        label={t('audit.title')}
        path="/audit"
        table={table}
        search={['actor', 'path']}
        choices={[
          {
            field: 'method',
            label: t('audit.what'),
            options: Object.keys(COLOURS).map((value) => ({ value, label: value })),
          },
        ]}
        columns={[
          {
            key: 'timestamp',
            title: t('audit.when'),
            text: ({ properties }) => dateTime(properties.timestamp),
          },
          { key: 'actor', title: t('audit.who'), text: ({ properties }) => properties.actor },
          {
            key: 'method',
            title: t('audit.what'),
            text: ({ properties }) => properties.method,
            cell: ({ properties }) => (
              <Badge color={COLOURS[properties.method] ?? 'gray'}>{properties.method}</Badge>
            ),
          },
          {
            key: 'path',
            title: t('audit.path'),
            text: ({ properties }) => properties.path,
            cell: (row) => (
              <Anchor
                component="button"
                type="button"
                ta="left"
                className="pub-wrap app-code"
                onClick={() => open(row)}
              >
                {row.properties.path}
              </Anchor>
            ),
          },
        ]}
        empty={<Empty text={t('audit.empty')} />}
      />
      <Drawer
        opened={opened !== null}
        onClose={() => open(null)}
        position="right"
        size={640}
        title={t('audit.change')}
        closeButtonProps={{ 'aria-label': t('base:close') }}
      >
        {opened && (
          <>
            <Group gap="xs" mb="sm">
              <Badge color={COLOURS[opened.properties.method] ?? 'gray'}>
                {opened.properties.method}
              </Badge>
              <Text size="sm" className="pub-wrap app-code">
                {opened.properties.path}
              </Text>
            </Group>
            <Text size="sm" mb="md">
              {opened.properties.actor} ({opened.properties.role}) ·{' '}
              {dateTime(opened.properties.timestamp)}
            </Text>
            {(['before', 'after'] as const).map((side) => (
              <section key={side}>
                <Text size="sm" fw={600} mb={4} mt="sm">
                  {t(`trace.${side}`)}
                </Text>
                {opened.properties[side] ? (
                  <div className="app-panel">
                    <CodeView
                      code={JSON.stringify(opened.properties[side], null, 2)}
                      language="json"
                      label={t(`trace.${side}`)}
                    />
                  </div>
                ) : (
                  <Text size="sm" c="dimmed">
                    {t('audit.nothing')}
                  </Text>
                )}
              </section>
            ))}
          </>
        )}
      </Drawer>
    </Page>
  );
}
