import { Badge, Button, Table, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { dateTime } from '../../base/format.ts';
import { toast } from '../../base/toast.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { useBase, useForget, useMayEdit } from '../data/queries.ts';

type Version = { Version: number; Package: string; Serves: boolean; Replaced: number | null };

/** What the default endpoint serves, what it served before, and the way back. */
export function Versions({ service, endpoint }: { service: string; endpoint: string }) {
  const { t } = useTranslation(['studio', 'base']);
  const { services } = useBase();
  const edits = useMayEdit();
  const confirm = useConfirm();
  const forget = useForget();
  const path = `${services}/${service}/endpoints/${encodeURIComponent(endpoint)}/versions`;
  const { data } = useSuspenseQuery({
    queryKey: ['services', service, 'versions', endpoint],
    queryFn: () => get<Version[]>(path),
  });
  const restore = async (version: number) => {
    const sure = await confirm({
      title: t('versions.title', { version }),
      body: t('versions.body'),
      action: t('versions.restore'),
    });
    if (!sure) return;
    try {
      await post(`${path}/${version}/restore`);
      await forget('services');
      toast.done(t('versions.done', { version }));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {t('versions.lead')}
      </Text>
      <Scroll label={t('services.tabs.versions')}>
        <Table maw={980} className="app-numbers" aria-label={t('services.tabs.versions')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('versions.number')}</Table.Th>
              <Table.Th>{t('experiments.state')}</Table.Th>
              <Table.Th>{t('versions.package')}</Table.Th>
              <Table.Th>
                <span className="app-hidden">{t('versions.restore')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map(({ Version: version, Package: name, Serves: serves, Replaced: replaced }) => (
              <Table.Tr key={version}>
                <Table.Th scope="row">{version}</Table.Th>
                <Table.Td>
                  {serves ? (
                    <Badge color="ok">{t('versions.serves')}</Badge>
                  ) : (
                    t('versions.replaced', {
                      date: dateTime(new Date((replaced ?? 0) * 1000).toISOString()),
                    })
                  )}
                </Table.Td>
                <Table.Td className="app-code st-package">{name}</Table.Td>
                <Table.Td ta="right">
                  {edits && !serves && (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      onClick={() => void restore(version)}
                    >
                      {t('versions.restore')}
                      <span className="app-hidden"> {version}</span>
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </>
  );
}
