import { Button, Drawer, Group, NumberInput, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useFocusBack } from '../../base/useFocusBack.ts';
import { KeyField } from '../../parts/KeyField.tsx';
import { Memberships } from '../parts/Memberships.tsx';
import { at, useAsk, useChange } from '../rest/management.ts';

type Props = { id: string; what: 'keys' | 'token'; onClose: () => void };
type KeyType = 'primary' | 'secondary';

/** What lets a gateway that is run elsewhere in, and which APIs it serves. */
export function GatewayAccess({ id, what, onClose }: Props) {
  useFocusBack();
  const { t } = useTranslation(['publisher', 'base']);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={520}
      title={`${t('gateways.one')}: ${id}`}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      {what === 'keys' ? <Keys id={id} /> : <Token id={id} />}
      <Memberships
        title={t('apis.title')}
        help={t('gateways.apisHelp')}
        all="/apis"
        filter="isCurrent eq true"
        own={at`/gateways/${id}/apis`}
        link={(api) => at`/gateways/${id}/apis/${api}`}
        empty={t('apis.empty')}
      />
    </Drawer>
  );
}

function Keys({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const ask = useAsk();
  const change = useChange();
  const confirm = useConfirm();
  const path = at`/gateways/${id}`;
  const renew = async (keyType: KeyType) => {
    const sure = await confirm({
      title: t('subscriptions.renewTitle', { key: t(`subscriptions.${keyType}`).toLowerCase() }),
      body: t('gateways.renewBody'),
      action: t('subscriptions.renew'),
      danger: true,
    });
    if (!sure) return;
    await change('POST', `${path}/regenerateKey`, { body: { keyType } })
      .then(() => toast.done(t('subscriptions.renewed')))
      .catch(toast.failed);
  };
  return (
    <Stack mb="xl">
      {(['primary', 'secondary'] as const).map((which) => (
        <div key={which} className="pub-box">
          <Group justify="space-between">
            <Text size="sm" fw={600}>
              {t(`subscriptions.${which}`)}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => void renew(which)}>
              {t('subscriptions.renew')}
            </Button>
          </Group>
          <KeyField
            name={t(`subscriptions.${which}`)}
            fetch={async () =>
              (await ask<Record<KeyType, string>>('POST', `${path}/listKeys`))[which]
            }
          />
        </div>
      ))}
    </Stack>
  );
}

function Token({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const ask = useAsk();
  const [keyType, setKeyType] = useState<KeyType>('primary');
  const [days, setDays] = useState(30);
  const [token, setToken] = useState('');
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setError(null);
    const expiry = new Date(Date.now() + days * 86_400_000 - 60_000).toISOString();
    try {
      const body = { keyType, expiry };
      const told = await ask<{ value: string }>('POST', at`/gateways/${id}/generateToken`, {
        body,
      });
      setToken(told.value);
    } catch (failed) {
      setError(failed);
    }
  };
  return (
    <Stack mb="xl">
      <Text size="sm" c="dimmed">
        {t('gateways.tokenHelp')}
      </Text>
      <SegmentedControl
        aria-label={t('gateways.keys')}
        value={keyType}
        onChange={(now) => setKeyType(now as KeyType)}
        data={(['primary', 'secondary'] as const).map((value) => ({
          value,
          label: t(`subscriptions.${value}`),
        }))}
      />
      <NumberInput
        label={t('gateways.days')}
        min={1}
        max={30}
        value={days}
        onChange={(now) => setDays(Number(now) || 1)}
      />
      <Button style={{ alignSelf: 'flex-start' }} onClick={() => void make()}>
        {t('gateways.makeToken')}
      </Button>
      <Refusal error={error} />
      {token && <KeyField name={t('gateways.token')} value={token} />}
    </Stack>
  );
}
