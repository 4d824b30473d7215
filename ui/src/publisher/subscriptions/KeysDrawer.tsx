import { Button, Drawer, Group, Stack, Switch, Text } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../../base/confirm.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useFocusBack } from '../../base/useFocusBack.ts';
import { KeyField } from '../../parts/KeyField.tsx';
import { at, type Read, useAsk, useChange, useRead } from '../rest/management.ts';
import type { Subscription } from './model.ts';

type Props = { id: string; onClose: () => void };
type Keys = { primaryKey: string; secondaryKey: string };

/** The two keys of a subscription: one can be made anew while the other is in use. */
export function KeysDrawer({ id, onClose }: Props) {
  useFocusBack();
  const { t } = useTranslation(['publisher', 'base']);
  const ask = useAsk();
  const change = useChange();
  const confirm = useConfirm();
  const path = at`/subscriptions/${id}`;
  const { data, error, dataUpdatedAt } = useRead<Read<Subscription>>(path);
  const title = data?.properties.displayName || id;
  const fetch = (name: keyof Keys) => async () =>
    (await ask<Keys>('POST', `${path}/listSecrets`))[name];
  const renew = async (which: 'Primary' | 'Secondary', name: string) => {
    const sure = await confirm({
      title: t('subscriptions.renewTitle', { key: name.toLowerCase() }),
      body: t('subscriptions.renewBody', { name: title }),
      action: t('subscriptions.renew'),
      danger: true,
    });
    if (!sure) return;
    await change('POST', `${path}/regenerate${which}Key`)
      .then(() => toast.done(t('subscriptions.renewed')))
      .catch(toast.failed);
  };
  const trace = (allowTracing: boolean) =>
    change('PATCH', path, { properties: { allowTracing }, etag: '*' }).catch(toast.failed);
  const keys = [
    { which: 'Primary', field: 'primaryKey', name: t('subscriptions.primary') },
    { which: 'Secondary', field: 'secondaryKey', name: t('subscriptions.secondary') },
  ] as const;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={460}
      title={title}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Stack>
        <Refusal error={error} />
        <Text size="sm" c="dimmed">
          {t('subscriptions.keysHelp')}
        </Text>
        {keys.map(({ which, field, name }) => (
          <div key={`${field}${dataUpdatedAt}`} className="pub-box">
            <Group justify="space-between">
              <Text size="sm" fw={600}>
                {name}
              </Text>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<RefreshCw size={14} aria-hidden />}
                aria-label={`${t('subscriptions.renew')}: ${name}`}
                onClick={() => void renew(which, name)}
              >
                {t('subscriptions.renew')}
              </Button>
            </Group>
            <KeyField name={name} fetch={fetch(field)} />
          </div>
        ))}
        <Switch
          label={t('subscriptions.tracing')}
          description={t('subscriptions.tracingHelp')}
          checked={data?.properties.allowTracing ?? false}
          onChange={(event) => void trace(event.currentTarget.checked)}
        />
      </Stack>
    </Drawer>
  );
}
