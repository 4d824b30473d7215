import { Anchor, Table, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../../api/client.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { dateTime } from '../../base/format.ts';
import { NotFound } from '../../base/NotFound.tsx';
import { Page } from '../../base/Page.tsx';
import { CodePanel, type Sample } from '../../parts/CodePanel.tsx';
import { batchSamples } from '../../snippets/batch.ts';
import { samplesOf } from '../../snippets/samples.ts';
import { endpointsQuery, useBase } from '../data/queries.ts';
import type { Endpoint, Service } from '../data/types.ts';
import { type PortShape, type Shape, shapeOf, typeName, useSwagger } from './calls.ts';
import { globals, results, tables } from './helpSamples.ts';
import { rowsOnLines } from './json.ts';

const PAGES = ['score', 'jobs'] as const;
const WANTED = ['C#', 'Python', 'R'];
const KEY = 'abc123';

/** What callers must know, in the order of the old help pages; it prints well. */
export function HelpPage({ service, name, page }: { service: string; name: string; page: string }) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const { data: known } = useSuspenseQuery({
    queryKey: ['services', service],
    queryFn: () => get<Service>(`${services}/${service}`),
  });
  const { data: endpoints } = useSuspenseQuery(endpointsQuery(services, service));
  const { data } = useSwagger(services, service, name);
  const endpoint = endpoints.find(({ Name }) => Name === name);
  if (!endpoint || !PAGES.includes(page as 'jobs')) return <NotFound />;
  const shown = page as (typeof PAGES)[number];
  const title = t(`help.title.${shown}`, { name: known.Name });
  return (
    <Page
      title={title}
      lead={
        <>
          <div>{t('help.updated', { date: dateTime(endpoint.UpdatedTime) })}</div>
          <div>{known.Description || t('help.noDescription')}</div>
        </>
      }
      above={
        <Crumbs
          trail={[
            { to: '/services', label: t('nav.services') },
            { to: `/services/${service}`, label: known.Name },
          ]}
          here={t(`help.page.${shown}`)}
        />
      }
    >
      <nav className="st-toc app-noprint" aria-label={t('help.contents')}>
        {(shown === 'score' ? SCORE : JOBS).map((each) => (
          <a key={each} href={`#${each}`}>
            {t(`help.sections.${each}`)}
          </a>
        ))}
        <Anchor
          component={Link}
          size="sm"
          href={`/services/${service}/endpoints/${encodeURIComponent(name)}/help/${shown === 'score' ? 'jobs' : 'score'}`}
        >
          {t(`help.page.${shown === 'score' ? 'jobs' : 'score'}`)}
        </Anchor>
        <Anchor size="sm" href={`${endpoint.HelpLocation}/${shown}`} target="_blank" rel="noopener">
          {t('help.public')}
        </Anchor>
      </nav>
      <div className="st-help-page">
        {data &&
          (shown === 'score' ? (
            <Score endpoint={endpoint} shape={shapeOf(data)} />
          ) : (
            <Jobs endpoint={endpoint} shape={shapeOf(data)} />
          ))}
      </div>
    </Page>
  );
}

const SCORE = ['request', 'response', 'inputs', 'outputs', 'sampleCode'] as const;
const JOBS = ['submit', 'start', 'status', 'delete', 'inputs', 'sampleCode'] as const;

function Score({ endpoint, shape }: { endpoint: Endpoint; shape: Shape }) {
  const { t } = useTranslation('studio');
  const url = `${endpoint.ApiLocation}/execute?api-version=2.0&details=true`;
  const request = rowsOnLines({
    Inputs: tables(shape.inputs, 2),
    GlobalParameters: globals(shape),
  });
  const call = { method: 'POST', url, headers: HEADERS, body: request };
  return (
    <>
      <Heading id="request" />
      <Request method="POST" url={url} />
      <Text size="sm">{t('help.details')}</Text>
      <RequestHeaders />
      <Title order={3}>{t('help.sampleRequest')}</Title>
      <CodePanel
        label={t('help.sampleRequest')}
        samples={[{ title: 'JSON', language: 'json', code: request }]}
      />
      <Heading id="response" />
      <Text size="sm">{t('help.ok')}</Text>
      <CodePanel
        label={t('help.sampleResponse')}
        samples={[
          {
            title: 'JSON',
            language: 'json',
            code: rowsOnLines({ Results: results(shape.outputs) }),
          },
        ]}
      />
      <Text size="sm">{t('help.errors')}</Text>
      <Ports id="inputs" ports={shape.inputs} shape={shape} />
      <Ports id="outputs" ports={shape.outputs} />
      <Heading id="sampleCode" />
      <Text size="sm">{t('help.key')}</Text>
      <CodePanel label={t('help.sections.sampleCode')} samples={chosen(samplesOf(call))} />
    </>
  );
}

function Jobs({ endpoint, shape }: { endpoint: Endpoint; shape: Shape }) {
  const { t } = useTranslation('studio');
  const url = `${endpoint.ApiLocation}/jobs`;
  const blob = (name: string, end: string) => ({
    ConnectionString:
      'DefaultEndpointsProtocol=https;AccountName=mystorageacct;AccountKey=mystoragekey',
    RelativeLocation: `mycontainer/${name}${end}.csv`,
  });
  const body = JSON.stringify(
    {
      Inputs: Object.fromEntries(shape.inputs.map(({ name }) => [name, blob(name, 'datablob')])),
      Outputs: Object.fromEntries(shape.outputs.map(({ name }) => [name, blob(name, 'results')])),
      GlobalParameters: globals(shape),
    },
    null,
    2,
  );
  const submit = { method: 'POST', url: `${url}?api-version=2.0`, headers: HEADERS, body };
  const one = (tail: string) => `${url}/JOB_ID${tail}?api-version=2.0`;
  return (
    <>
      <Heading id="submit" />
      <Request method="POST" url={submit.url} />
      <RequestHeaders />
      <CodePanel
        label={t('help.sampleRequest')}
        samples={[{ title: 'JSON', language: 'json', code: body }]}
      />
      <Text size="sm">{t('help.jobId')}</Text>
      <Heading id="start" />
      <Request method="POST" url={one('/start')} />
      <Heading id="status" />
      <Request method="GET" url={one('')} />
      <Text size="sm">{t('help.status')}</Text>
      <Heading id="delete" />
      <Request method="DELETE" url={one('')} />
      <Ports id="inputs" ports={shape.inputs} shape={shape} />
      <Heading id="sampleCode" />
      <Text size="sm">{t('help.key')}</Text>
      <CodePanel
        label={t('help.sections.sampleCode')}
        samples={chosen(batchSamples({ submit, start: one('/start'), status: one('') }))}
      />
    </>
  );
}

/** C#, Python and R, in this order. */
function chosen(samples: Sample[]): Sample[] {
  return WANTED.flatMap((wanted) => samples.filter(({ title }) => title === wanted));
}

const HEADERS = [
  ['Authorization', `Bearer ${KEY}`],
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json'],
] as const;

function Heading({ id }: { id: (typeof SCORE)[number] | (typeof JOBS)[number] }) {
  const { t } = useTranslation('studio');
  return (
    <Title order={2} id={id} mt="xl">
      {t(`help.sections.${id}`)}
    </Title>
  );
}

function Request({ method, url }: { method: string; url: string }) {
  const { t } = useTranslation('studio');
  return (
    <Table className="st-facts" aria-label={t('help.sections.request')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('help.method')}</Table.Th>
          <Table.Th>{t('help.uri')}</Table.Th>
          <Table.Th>{t('help.version')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <Table.Tr>
          <Table.Td className="app-code st-whole">{method}</Table.Td>
          <Table.Td className="app-code st-break">{url}</Table.Td>
          <Table.Td className="st-whole">HTTP/1.1</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

function RequestHeaders() {
  const { t } = useTranslation('studio');
  return (
    <>
      <Title order={3}>{t('help.headers')}</Title>
      <Table className="st-facts" aria-label={t('help.headers')}>
        <Table.Tbody>
          {HEADERS.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td className="app-code">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

function Ports({
  id,
  ports,
  shape,
}: {
  id: 'inputs' | 'outputs';
  ports: PortShape[];
  shape?: Shape;
}) {
  const { t } = useTranslation('studio');
  const parameters = shape?.parameters ?? [];
  const all = parameters.length
    ? [...ports, { name: t('parameters.title'), columns: parameters }]
    : ports;
  return (
    <>
      <Heading id={id} />
      {all.map(({ name, columns }) => (
        <div key={name}>
          <Title order={3}>{name}</Title>
          <Table className="st-facts" fz="sm" aria-label={name}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('help.column')}</Table.Th>
                <Table.Th>{t('help.type')}</Table.Th>
                <Table.Th>{t('datasets.description')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {columns.map(([column, property]) => (
                <Table.Tr key={column}>
                  <Table.Td className="app-code">{column}</Table.Td>
                  <Table.Td>{typeName(property)}</Table.Td>
                  <Table.Td>{property.description || '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      ))}
    </>
  );
}
