import { Progress, Table, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { dateTime, number, seconds } from '../../base/format.ts';
import { Scroll } from '../../parts/Scroll.tsx';
import { type Limit, limitsQuery, type Subscription } from '../data.ts';

/** What each subscription allows, and what is left of it. */
export function Limits({ subscriptions }: { subscriptions: Subscription[] }) {
  const { t } = useTranslation('developer');
  const found = useQueries({ queries: subscriptions.map(({ id }) => limitsQuery(id)) });
  const rows = subscriptions.flatMap((one, at) =>
    (found[at]?.data?.value ?? []).map((limit, index) => ({ one, limit, index })),
  );
  if (!rows.length) return null;
  return (
    <section aria-labelledby="limits">
      <Title order={2} id="limits" mt="xl" mb="xs">
        {t('limits.title')}
      </Title>
      <Scroll label={t('limits.title')}>
        <Table className="app-numbers app-stacks" aria-labelledby="limits" role="table">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              <Table.Th role="columnheader">{t('limits.subscription')}</Table.Th>
              <Table.Th role="columnheader">{t('limits.allowed')}</Table.Th>
              <Table.Th role="columnheader">{t('limits.left')}</Table.Th>
              <Table.Th role="columnheader">{t('limits.resets')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows.map(({ one, limit, index }) => (
              <Table.Tr key={`${one.id}${limit.policy}${limit.scopeId}${index}`} role="row">
                <Table.Td role="cell">{one.name ?? one.id}</Table.Td>
                <Table.Td role="cell" data-label={t('limits.allowed')}>
                  <Allowed limit={limit} />
                </Table.Td>
                <Table.Td role="cell" data-label={t('limits.left')}>
                  <Left limit={limit} />
                </Table.Td>
                <Table.Td role="cell" data-label={t('limits.resets')}>
                  {limit.resetsAt ? dateTime(limit.resetsAt) : '–'}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </section>
  );
}

function Allowed({ limit }: { limit: Limit }) {
  const { t } = useTranslation('developer');
  const { calls, bandwidthKb, renewalPeriodSeconds: period } = limit;
  const amounts = [
    calls !== undefined && t('limits.calls', { count: calls }),
    bandwidthKb !== undefined && t('limits.kilobytes', { count: bandwidthKb }),
  ].filter(Boolean);
  return (
    <>
      <span>
        {amounts.join(', ')}
        {period ? ` ${t('limits.per', { time: seconds(period) })}` : ` ${t('limits.forever')}`}
      </span>
      {(limit.operation || limit.api) && (
        <Text size="xs" c="dimmed">
          {[limit.api, limit.operation].filter(Boolean).join(' / ')}
        </Text>
      )}
    </>
  );
}

function Left({ limit }: { limit: Limit }) {
  const { t } = useTranslation('developer');
  const { calls, remaining, bandwidthKb, remainingKb } = limit;
  const all = calls ?? bandwidthKb;
  const left = calls !== undefined ? remaining : remainingKb;
  if (all === undefined || left === undefined) return t('limits.notCounted');
  return (
    <div className="dev-left">
      <Progress
        value={all ? (100 * left) / all : 0}
        color={left === 0 ? 'danger' : left < all / 10 ? 'warn' : 'ok'}
        aria-label={t('limits.left')}
      />
      <span>{t('limits.of', { left: number(left), all: number(all) })}</span>
    </div>
  );
}
