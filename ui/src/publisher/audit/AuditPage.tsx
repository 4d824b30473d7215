import { Anchor, Badge, Drawer, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { CodeView } from '../../parts/CodeView.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { useTable } from '../../parts/useTable.ts';
import { Lines } from '../parts/Lines.tsx';
import { ResourceTable } from '../parts/ResourceTable.tsx';
import { type Listed, useRead } from '../rest/management.ts';
import { containing, equal } from '../rest/odata.ts';
import { conditionOf, DEEDS, deedOf, VERBS } from './deed.ts';

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
/** What the first token of an instance is called in its database. */
const FIRST_TOKEN = 'made with the instance';

/** Who changed what, and when. */
export function AuditPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const table = useTable();
  const id = table.value('open');
  const asked = { $filter: equal('name', id), $top: 1 };
  const { data, error } = useRead<Listed<Entry>>('/audit', asked, id !== '');
  const found = data?.value.find((one) => one.name === id);
  const close = () => table.set({ open: null });
  const who = useWho();
  const did = ({ method, path }: Entry) => {
    const deed = deedOf(method, path);
    return deed ? t(`audit.deeds.${deed}`) : method;
  };
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')}>
      <ResourceTable<Entry>
        label={t('audit.title')}
        path="/audit"
        table={table}
        search={['actor', 'path']}
        found={(wanted) => [
          ...DEEDS.filter((deed) => holds(t(`audit.deeds.${deed}`), wanted)).map(conditionOf),
          ...(holds(t('audit.firstToken'), wanted) ? [containing(['actor'], FIRST_TOKEN)] : []),
        ]}
        choices={[
          {
            field: 'method',
            label: t('audit.what'),
            options: VERBS.map((value) => ({
              value,
              label: `${t(`audit.verbs.${value}`)} (${value})`,
            })),
          },
        ]}
        columns={[
          {
            key: 'timestamp',
            title: t('audit.when'),
            nowrap: true,
            text: ({ properties }) => dateTime(properties.timestamp),
          },
          { key: 'actor', title: t('audit.who'), text: ({ properties }) => who(properties) },
          {
            key: 'method',
            title: t('audit.what'),
            text: ({ properties }) => did(properties),
            cell: ({ properties }) => (
              <Badge color={COLOURS[properties.method] ?? 'gray'} title={properties.method}>
                {did(properties)}
              </Badge>
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
                onClick={() => table.set({ open: row.name })}
              >
                {row.properties.path}
              </Anchor>
            ),
          },
        ]}
        empty={<Empty text={t('audit.empty')} />}
      />
      <Drawer
        opened={id !== ''}
        onClose={close}
        position="right"
        size={640}
        title={t('audit.change')}
        closeButtonProps={{ 'aria-label': t('base:close') }}
      >
        <Refusal error={error} />
        {data && !found && <Text>{t('audit.gone')}</Text>}
        {found && <Change entry={found.properties} />}
      </Drawer>
    </Page>
  );
}

function holds(words: string, wanted: string): boolean {
  return words.toLowerCase().includes(wanted.toLowerCase());
}

/** Whose doing it was, in the language of the page. */
function useWho(): (entry: Entry) => string {
  const { t } = useTranslation('publisher');
  return ({ actor }) => actor.replace(FIRST_TOKEN, t('audit.firstToken'));
}

function Change({ entry }: { entry: Entry }) {
  const { t } = useTranslation('publisher');
  const who = useWho();
  return (
    <>
      <Group gap="xs" mb="sm">
        <Badge color={COLOURS[entry.method] ?? 'gray'}>{entry.method}</Badge>
        <Text size="sm" className="pub-wrap app-code">
          {entry.path}
        </Text>
      </Group>
      <Text size="sm" mb="md">
        {who(entry)} · {t(`audit.roles.${entry.role}` as 'audit.roles.owner')} ·{' '}
        {dateTime(entry.timestamp)}
      </Text>
      {entry.before && entry.after && (
        <Lines
          before={JSON.stringify(entry.before, null, 2)}
          after={JSON.stringify(entry.after, null, 2)}
          label={t('audit.difference')}
        />
      )}
      {(['before', 'after'] as const).map((side) => (
        <section key={side}>
          <Text size="sm" fw={600} mb={4} mt="sm">
            {t(`trace.${side}`)}
          </Text>
          {entry[side] ? (
            <div className="app-panel">
              <CodeView
                code={JSON.stringify(entry[side], null, 2)}
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
  );
}
