import { Anchor, Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { GitCompare, Plus, Rocket } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { dateTime } from '../../base/format.ts';
import { toast } from '../../base/toast.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { FormDrawer } from '../parts/FormDrawer.tsx';
import { at, type Listed, useChange, useMayWrite, useRead } from '../rest/management.ts';
import { freshId } from '../rest/random.ts';
import { Difference } from './Difference.tsx';
import { pageOf, type Revision } from './model.ts';

type Release = { apiId: string; notes?: string | null; createdDateTime: string };
type Opened = { what: 'new' } | { what: 'release' | 'compare'; number: string } | null;

/** Revisions: what is tried before callers get it, and the log of what they got. */
export function Revisions({ id }: { id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const mayWrite = useMayWrite();
  const { data } = useRead<{ value: Revision[] }>(at`/apis/${id}/revisions`);
  const releases = useRead<Listed<Release>>(at`/apis/${id}/releases`).data?.value ?? [];
  const [opened, open] = useState<Opened>(null);
  const close = () => open(null);
  const rows = data?.value ?? [];
  const current = rows.find((one) => one.isCurrent);
  return (
    <Stack gap="xl">
      <section>
        <Group justify="space-between" mb="sm">
          <Text size="sm" c="dimmed" maw={620}>
            {t('revisions.lead')}
          </Text>
          {mayWrite && (
            <Button
              leftSection={<Plus size={15} aria-hidden />}
              onClick={() => open({ what: 'new' })}
            >
              {t('revisions.new')}
            </Button>
          )}
        </Group>
        <Scroll label={t('api.tabs.revisions')}>
          <Table
            className="app-stacks"
            role="table"
            miw={{ sm: 560 }}
            aria-label={t('api.tabs.revisions')}
          >
            <Table.Thead role="rowgroup">
              <Table.Tr role="row">
                <Table.Th role="columnheader">{t('apis.revision')}</Table.Th>
                <Table.Th role="columnheader">{t('operation.description')}</Table.Th>
                <Table.Th role="columnheader">{t('revisions.created')}</Table.Th>
                <Table.Th role="columnheader">
                  <span className="app-hidden">{t('base:more')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody role="rowgroup">
              {rows.map((one) => (
                <Table.Tr key={one.apiRevision} role="row">
                  <Table.Td role="cell">
                    <Anchor
                      component={Link}
                      href={pageOf(one.isCurrent ? id : `${id};rev=${one.apiRevision}`)}
                    >
                      {t('api.revision', { number: one.apiRevision })}
                    </Anchor>{' '}
                    {one.isCurrent && <Badge color="ok">{t('revisions.current')}</Badge>}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.description')}>
                    {one.description}
                  </Table.Td>
                  <Table.Td role="cell" data-nowrap data-label={t('revisions.created')}>
                    {dateTime(one.createdDateTime)}
                  </Table.Td>
                  <Table.Td role="cell" data-label="">
                    {!one.isCurrent && (
                      <Group gap="xs" justify="flex-end" wrap="nowrap">
                        <Button
                          size="xs"
                          variant="default"
                          leftSection={<GitCompare size={14} aria-hidden />}
                          onClick={() => open({ what: 'compare', number: one.apiRevision })}
                        >
                          {t('revisions.compare')}
                        </Button>
                        {mayWrite && (
                          <Button
                            size="xs"
                            leftSection={<Rocket size={14} aria-hidden />}
                            onClick={() => open({ what: 'release', number: one.apiRevision })}
                          >
                            {t('revisions.makeCurrent')}
                          </Button>
                        )}
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      </section>
      {opened?.what === 'compare' && current && (
        <Difference
          before={id}
          after={`${id};rev=${opened.number}`}
          names={[
            t('api.revisionCurrent', { number: current.apiRevision }),
            t('api.revision', { number: opened.number }),
          ]}
          onClose={close}
        />
      )}
      <section>
        <Text fw={600} mb="xs">
          {t('revisions.log')}
        </Text>
        {!releases.length && (
          <Text size="sm" c="dimmed">
            {t('revisions.noLog')}
          </Text>
        )}
        <Stack gap="xs">
          {releases.map(({ name, properties }) => (
            <div key={name} className="pub-box">
              <Group gap="xs">
                <Badge color="gray">{properties.apiId.split(';rev=')[1]}</Badge>
                <Text size="sm" c="dimmed">
                  {dateTime(properties.createdDateTime)}
                </Text>
              </Group>
              <Text size="sm">{properties.notes || t('revisions.noNotes')}</Text>
            </div>
          ))}
        </Stack>
      </section>
      <NewRevision id={id} opened={opened?.what === 'new'} rows={rows} onClose={close} />
      {opened?.what === 'release' && <NewRelease id={id} number={opened.number} onClose={close} />}
    </Stack>
  );
}

type New = { id: string; opened: boolean; rows: Revision[]; onClose: () => void };

function NewRevision({ id, opened, rows, onClose }: New) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const next = Math.max(0, ...rows.map((one) => Number(one.apiRevision) || 0)) + 1;
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      fresh
      title={t('revisions.new')}
      lead={t('revisions.newLead')}
      fields={[{ at: 'description', label: t('operation.description'), kind: 'area', rows: 2 }]}
      initial={{ description: '' }}
      action={t('form.create')}
      onSave={async ({ description }) => {
        const properties = {
          sourceApiId: `/apis/${id}`,
          apiRevisionDescription: description || undefined,
        };
        await change('PUT', at`/apis/${`${id};rev=${next}`}`, { properties });
        toast.done(t('revisions.made', { number: next }));
      }}
    />
  );
}

function NewRelease({ id, number, onClose }: { id: string; number: string; onClose: () => void }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  return (
    <FormDrawer
      opened
      onClose={onClose}
      fresh
      title={t('revisions.makeCurrent')}
      lead={t('revisions.releaseLead', { number })}
      fields={[
        { at: 'notes', label: t('revisions.notes'), kind: 'area', help: t('revisions.notesHelp') },
      ]}
      initial={{ notes: '' }}
      action={t('revisions.makeCurrent')}
      onSave={async ({ notes }) => {
        const properties = { apiId: `/apis/${id};rev=${number}`, notes: notes || undefined };
        const name = `r${number}-${freshId(4)}`;
        await change('PUT', at`/apis/${id}/releases/${name}`, { properties });
        toast.done(t('revisions.released', { number }));
      }}
    />
  );
}
