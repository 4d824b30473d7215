import { Group, Select, Switch, Table, Text, Title } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageLink } from '../../base/Shell.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { Search } from '../../parts/Search.tsx';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import { type Operation, operationLink } from '../data.ts';

type Props = { api: string; operations: Operation[] };

/** What an API can do: searched, narrowed and grouped by tag. */
export function Operations({ api, operations }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const [search, setSearch] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const [grouped, setGrouped] = useLocalStorage({ key: 'bramka-grouped', defaultValue: false });
  const tags = [...new Set(operations.flatMap((operation) => operation.tags))].sort();
  const wanted = search.trim().toLowerCase();
  const found = operations.filter(
    (operation) =>
      (!tag || operation.tags.includes(tag)) &&
      `${operation.name} ${operation.method} ${operation.urlTemplate} ${operation.description ?? ''}`
        .toLowerCase()
        .includes(wanted),
  );
  if (!operations.length) return <Empty text={t('api.noOperations')} />;
  const groups = grouped && tags.length ? byTag(found, t('api.untagged')) : [['', found] as const];
  return (
    <>
      <Group mb="sm" gap="sm">
        <Search value={search} onChange={setSearch} />
        {tags.length > 0 && (
          <>
            <Select
              aria-label={t('apis.tag')}
              placeholder={t('apis.tag')}
              clearable
              data={tags}
              value={tag}
              onChange={setTag}
            />
            <Switch
              label={t('api.group')}
              checked={grouped}
              onChange={(event) => setGrouped(event.currentTarget.checked)}
            />
          </>
        )}
      </Group>
      {!found.length && <Empty text={t('base:table.nothingFound', { search })} />}
      {groups.map(([name, members]) => (
        <div key={name}>
          {name && (
            <Title order={3} mt="md" mb={4}>
              {name}
            </Title>
          )}
          {members.length > 0 && (
            <Scroll label={name || t('api.operations')}>
              <Table aria-label={name || t('api.operations')}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th w={90}>{t('api.verb')}</Table.Th>
                    <Table.Th>{t('base:name')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('api.template')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {members.map((operation) => (
                    <Table.Tr key={operation.id}>
                      <Table.Td>
                        <VerbBadge method={operation.method} />
                      </Table.Td>
                      <Table.Td className="dev-named">
                        <PageLink to={operationLink(api, operation.id)}>{operation.name}</PageLink>
                        <Text
                          component="code"
                          hiddenFrom="sm"
                          className="app-code dev-template"
                          display="block"
                        >
                          {operation.urlTemplate}
                        </Text>
                        {operation.description && (
                          <Text size="sm" c="dimmed" lineClamp={1}>
                            {operation.description}
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td visibleFrom="sm">
                        <code className="app-code dev-template">{operation.urlTemplate}</code>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )}
        </div>
      ))}
    </>
  );
}

function byTag(operations: Operation[], untagged: string): (readonly [string, Operation[]])[] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations)
    for (const tag of operation.tags.length ? operation.tags : [untagged])
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
  return [...groups].sort(([a], [b]) => Number(a === untagged) - Number(b === untagged));
}
