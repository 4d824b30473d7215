import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Crumbs } from '../../base/Crumbs.tsx';
import { bytes, dateTime } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { isoOf } from '../data/moment.ts';
import { datasetQuery, useBase } from '../data/queries.ts';
import { TableView } from '../visualize/TableView.tsx';

/** One dataset: its rows and what they are like. */
export function DatasetPage({ id }: { id: string }) {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const name = decodeURIComponent(id);
  const path = `${api}/datasources/${encodeURIComponent(name)}`;
  const { data } = useSuspenseQuery(datasetQuery(api, name));
  const facts = [
    t(`datasets.types.${data.DataTypeId as 'Zip'}`, { defaultValue: data.DataTypeId }),
    bytes(data.Size),
    data.Owner,
    dateTime(isoOf(data.CreatedDate)),
  ];
  return (
    <Page
      title={data.Name}
      lead={
        <>
          {data.Description && <div style={{ maxWidth: 760 }}>{data.Description}</div>}
          <small>{facts.filter(Boolean).join(' · ')}</small>
        </>
      }
      above={<Crumbs trail={[{ to: '/datasets', label: t('nav.datasets') }]} here={data.Name} />}
      actions={
        <Button
          component="a"
          href={`${path}/file`}
          download
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
        >
          {t('base:download')}
        </Button>
      }
    >
      {data.RowCount === null ? (
        <Empty text={t('datasets.noRows')} />
      ) : (
        <TableView path={path} columns={data.Columns} label={data.Name} />
      )}
    </Page>
  );
}
