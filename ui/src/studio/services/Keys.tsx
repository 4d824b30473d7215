import { Button, Group, Table, Text } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { toast } from '../../base/toast.tsx';
import { KeyField } from '../../parts/KeyField.tsx';
import { useBase, useForget, useMayEdit } from '../data/queries.ts';
import type { Endpoint } from '../data/types.ts';

/** The two keys of an endpoint, as two lines of a table. */
export function Keys({ service, endpoint }: { service: string; endpoint: Endpoint }) {
  return (['primary', 'secondary'] as const).map((which) => (
    <OneKey key={which} service={service} endpoint={endpoint} which={which} />
  ));
}

type Props = { service: string; endpoint: Endpoint; which: 'primary' | 'secondary' };

function OneKey({ service, endpoint, which }: Props) {
  const { t } = useTranslation('studio');
  const { services } = useBase();
  const confirm = useConfirm();
  const forget = useForget();
  const edits = useMayEdit();
  const name = t(`services.keys.${which}`);
  const value = which === 'primary' ? endpoint.PrimaryKey : endpoint.SecondaryKey;
  const renew = async () => {
    const sure = await confirm({
      title: t('services.renewTitle', { name }),
      body: t('services.renewBody'),
      action: t('services.renew'),
      danger: true,
    });
    if (!sure) return;
    try {
      const path = `${services}/${service}/endpoints/${encodeURIComponent(endpoint.Name)}/keys`;
      await post(path, { Key: which });
      await forget('services');
      toast.done(t('services.renewed', { name }));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>
        {value ? (
          <Group gap="xs">
            <KeyField key={value} name={name} value={value} />
            {edits && (
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<RefreshCw size={14} aria-hidden />}
                onClick={() => void renew()}
              >
                {t('services.renew')}
                <span className="app-hidden">: {name}</span>
              </Button>
            )}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {t('services.noKey')}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
