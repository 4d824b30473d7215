import { Badge, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { useTable } from '../../parts/useTable.ts';
import { type Api, apisQuery, tagsQuery } from '../data.ts';
import { NoApis } from './NoApis.tsx';

/** Everything the reader may see, searched and narrowed by tag. */
export default function Apis() {
  const { t } = useTranslation(['developer', 'base']);
  const table = useTable();
  const tag = table.value('tag');
  const { data, error, isPending } = useQuery(apisQuery(table.search, tag, table.skip, table.size));
  const tags = useQuery(tagsQuery).data?.value ?? [];
  const columns: Column<Api>[] = [
    {
      key: 'name',
      title: t('base:name'),
      cell: ({ id, name, description }) => (
        <div className="dev-named">
          <PageLink to={`/apis/${encodeURIComponent(id)}`}>{name}</PageLink>
          {description && (
            <Text size="sm" c="dimmed" lineClamp={2}>
              {description}
            </Text>
          )}
        </div>
      ),
    },
    ...(data?.value.some(({ version }) => version)
      ? [{ key: 'version', title: t('apis.version'), cell: ({ version }: Api) => version }]
      : []),
    {
      key: 'tags',
      title: t('apis.tags'),
      wide: true,
      cell: ({ tags: own }) => (
        <Group gap={4}>
          {own.map((name) => (
            <Badge key={name} color="gray">
              {name}
            </Badge>
          ))}
        </Group>
      ),
    },
    {
      key: 'address',
      title: t('apis.address'),
      wide: true,
      cell: ({ urls }) => <code className="app-code dev-address">{urls[0]}</code>,
    },
  ];
  return (
    <Page title={t('nav.apis')} lead={t('apis.lead')}>
      <DataTable
        label={t('nav.apis')}
        columns={columns}
        rows={data?.value}
        rowKey={({ id }) => id}
        table={table}
        count={data?.count}
        loading={isPending}
        error={error}
        searchable
        tools={
          tags.length > 0 && (
            <Select
              aria-label={t('apis.tag')}
              placeholder={t('apis.tag')}
              clearable
              clearButtonProps={{ 'aria-label': t('apis.allTags') }}
              data={tags.map(({ id, name, count }) => ({ value: id, label: `${name} (${count})` }))}
              value={tag || null}
              onChange={(chosen) => table.set({ tag: chosen })}
            />
          )
        }
        empty={<NoApis />}
      />
    </Page>
  );
}
