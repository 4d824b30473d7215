import { Anchor, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { dateTime } from '../../base/format.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import type { Endpoint, Service } from '../data/types.ts';
import { Keys } from './Keys.tsx';

/** Ids, keys and help of the endpoint that everybody calls first. */
export function Dashboard({ service, endpoint }: { service: Service; endpoint: Endpoint }) {
  const { t } = useTranslation(['studio', 'base']);
  const { workspace = '' } = useSession();
  const place = `/services/${service.Id}/endpoints/${encodeURIComponent(endpoint.Name)}/help`;
  const experiment = endpoint.ExperimentLocation.split('/experiments/')[1];
  const id = endpoint.ApiLocation.split('/').pop() ?? '';
  return (
    <>
      <Title order={2}>{t('services.ids')}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('services.idsLead')}
      </Text>
      <Table className="st-facts">
        <Table.Tbody>
          <Line name={t('services.workspace')} copied={workspace} />
          <Line name={t('services.service')} copied={id} />
          <Keys service={service.Id} endpoint={endpoint} />
          <Line name={t('services.address')} copied={endpoint.ApiLocation} />
          {experiment && (
            <Line name={t('services.experiment')}>
              <Anchor component={Link} href={`/experiments/${experiment}`}>
                {t('services.snapshot')}
              </Anchor>
              {' · '}
              <Anchor component={Link} href={`/experiments/${experiment}/history`}>
                {t('history.title')}
              </Anchor>
            </Line>
          )}
          <Line name={t('datasets.created')}>{dateTime(endpoint.CreationTime)}</Line>
          <Line name={t('services.updated')}>{dateTime(endpoint.UpdatedTime)}</Line>
        </Table.Tbody>
      </Table>
      <Title order={2} mt="lg">
        {t('services.default')}
      </Title>
      <Table className="st-facts" aria-label={t('services.default')}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">{t('services.rrs')}</Table.Th>
            <Table.Td>
              <Anchor component={Link} href={`${place}/score`}>
                {t('help.page.score')}
              </Anchor>
              <Text size="sm" c="dimmed">
                {t('services.rrsHelp')}
              </Text>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">{t('services.bes')}</Table.Th>
            <Table.Td>
              <Anchor component={Link} href={`${place}/jobs`}>
                {t('help.page.jobs')}
              </Anchor>
              {' · '}
              <Anchor component={Link} href={`/jobs?service=${service.Id}`}>
                {t('nav.jobs')}
              </Anchor>
              <Text size="sm" c="dimmed">
                {t('services.besHelp')}
              </Text>
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </>
  );
}

function Line({ name, copied, children }: { name: string; copied?: string; children?: ReactNode }) {
  const { t } = useTranslation('base');
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>
        {copied ? (
          <span className="st-copied">
            <code className="app-code st-break">{copied}</code>
            <CopyButton value={copied} label={t('key.copy', { name })} />
          </span>
        ) : (
          children
        )}
      </Table.Td>
    </Table.Tr>
  );
}
