import './visualize.css';
import { Badge, Table, Tabs, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/Empty.tsx';
import { useTelling } from '../data/useTelling.ts';
import { Evaluation, type Report } from './Evaluation.tsx';
import type { OutputFacts } from './output.ts';
import { TableView } from './TableView.tsx';

/** Rows, curves, what was learnt, or pictures: whatever an output holds. */
export function OutputView({
  path,
  facts,
  label,
}: {
  path: string;
  facts: OutputFacts;
  label: string;
}) {
  const { t } = useTranslation('studio');
  if (facts.Type === 'DataTable') {
    const rows = <TableView path={path} columns={facts.Columns} label={label} />;
    if (!facts.Report?.datasets) return rows;
    return (
      <Tabs defaultValue="report" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="report">{t('evaluation.title')}</Tabs.Tab>
          <Tabs.Tab value="rows">{t('visualize.rows')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="report">
          <Evaluation report={facts.Report as Report} />
        </Tabs.Panel>
        <Tabs.Panel value="rows">{rows}</Tabs.Panel>
      </Tabs>
    );
  }
  if (facts.Images) return <Pictures facts={facts} />;
  if (facts.Settings) return <Learnt facts={facts} />;
  return <Empty text={t('visualize.nothing')} />;
}

function Pictures({ facts }: { facts: OutputFacts }) {
  const { t } = useTranslation('studio');
  return (
    <>
      {facts.Images!.map((image, at) => (
        <img
          key={image.slice(-40)}
          className="st-picture"
          src={`data:image/png;base64,${image}`}
          alt={t('visualize.picture', { number: at + 1 })}
        />
      ))}
      {facts.Text && <pre className="st-text">{facts.Text}</pre>}
    </>
  );
}

function Learnt({ facts }: { facts: OutputFacts }) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const settings = Object.entries(facts.Settings ?? {});
  return (
    <>
      <Badge color={facts.IsTrained ? 'ok' : 'gray'}>
        {t(facts.IsTrained ? 'visualize.trained' : 'visualize.untrained')}
      </Badge>
      {facts.Label && <Text mt="sm">{t('visualize.tells', { name: facts.Label })}</Text>}
      <Title order={2} mt="md">
        {t('designer.parameters')}
      </Title>
      <Table maw={640} fz="sm">
        <Table.Tbody>
          {settings.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {tell.of('parameters', name)}
              </Table.Th>
              <Table.Td className="st-break">
                {value == null ? '–' : tell.of('values', value)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {facts.TrainedOn && facts.TrainedOn.length > 0 && (
        <>
          <Title order={2} mt="md">
            {t('visualize.trainedOn')}
          </Title>
          <Text className="st-break">{facts.TrainedOn.map(({ Name }) => Name).join(', ')}</Text>
        </>
      )}
    </>
  );
}
