import { Button, Group, Modal, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useBase, useForget } from '../data/queries.ts';
import type { Endpoint, Service } from '../data/types.ts';
import { useReturnFocus } from '../parts/useReturnFocus.ts';

const LEVELS = ['Low', 'High'] as const;
const TRACES = ['None', 'Error', 'All'] as const;
const MODES = ['Off', 'Auto', 'On'] as const;
const NEW = {
  Description: '',
  ThrottleLevel: 'Low',
  MaxConcurrentCalls: 4,
  SampleDataEnabled: true,
  DiagnosticsTraceLevel: 'None',
  Batching: 'Off',
  MaxBatchRows: 32,
  MaxBatchWaitMilliseconds: 0,
} as const;
type Settings = Pick<Endpoint, keyof typeof NEW>;
type Props = { service: Service; endpoint: Endpoint | null; onClose: () => void };

/** A new endpoint, or another setting of one. */
export function EndpointForm({ service, endpoint, onClose }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { services } = useBase();
  useReturnFocus();
  const forget = useForget();
  const [name, setName] = useState(endpoint?.Name ?? '');
  const [settings, setSettings] = useState<Settings>(endpoint ?? NEW);
  const [error, setError] = useState<unknown>(null);
  const set = (changes: Partial<Settings>) => setSettings((before) => ({ ...before, ...changes }));
  const save = async () => {
    try {
      const place = `${services}/${service.Id}/endpoints/${encodeURIComponent(name.trim())}`;
      await put(place, wantedOf(settings));
      await forget('services');
      toast.done(t('base:saved'));
      onClose();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={endpoint?.Name ?? t('services.addEndpoint')}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          {!endpoint && (
            <TextInput
              label={t('base:name')}
              withAsterisk
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <TextInput
            label={t('datasets.description')}
            value={settings.Description}
            onChange={(event) => set({ Description: event.currentTarget.value })}
          />
          <Select
            label={t('services.throttle')}
            data={LEVELS.map((value) => ({ value, label: t(`services.levels.${value}`) }))}
            allowDeselect={false}
            value={settings.ThrottleLevel}
            onChange={(chosen) => chosen && set({ ThrottleLevel: chosen })}
          />
          {settings.ThrottleLevel === 'High' && (
            <NumberInput
              label={t('services.concurrent')}
              min={1}
              max={200}
              allowDecimal={false}
              value={settings.MaxConcurrentCalls}
              onChange={(most) => set({ MaxConcurrentCalls: Number(most) })}
            />
          )}
          <Batching settings={settings} set={set} />
          <Select
            label={t('services.logging')}
            description={t('services.loggingHelp')}
            data={TRACES.map((value) => ({ value, label: t(`services.traces.${value}`) }))}
            allowDeselect={false}
            value={settings.DiagnosticsTraceLevel}
            onChange={(chosen) => chosen && set({ DiagnosticsTraceLevel: chosen })}
          />
          <Switch
            label={t('services.sampleData')}
            description={t('services.sampleDataHelp')}
            checked={settings.SampleDataEnabled}
            onChange={(event) => set({ SampleDataEnabled: event.currentTarget.checked })}
          />
        </Stack>
        <Refusal error={error} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t('base:cancel')}
          </Button>
          <Button type="submit" disabled={!name.trim()}>
            {t('base:save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

type BatchingProps = { settings: Settings; set: (changes: Partial<Settings>) => void };

function Batching({ settings, set }: BatchingProps) {
  const { t } = useTranslation('studio');
  return (
    <>
      <Select
        label={t('batching.title')}
        description={t('batching.help')}
        data={MODES.map((value) => ({ value, label: t(`batching.modes.${value}`) }))}
        allowDeselect={false}
        value={settings.Batching}
        onChange={(chosen) => chosen && set({ Batching: chosen as 'On' })}
      />
      {settings.Batching !== 'Off' && (
        <Group grow align="flex-start">
          <NumberInput
            label={t('batching.rows')}
            min={2}
            max={4096}
            allowDecimal={false}
            value={settings.MaxBatchRows}
            onChange={(rows) => set({ MaxBatchRows: Number(rows) })}
          />
          <NumberInput
            label={t('batching.wait')}
            min={0}
            max={1000}
            suffix=" ms"
            value={settings.MaxBatchWaitMilliseconds}
            onChange={(wait) => set({ MaxBatchWaitMilliseconds: Number(wait) })}
          />
        </Group>
      )}
    </>
  );
}

/** What is sent: only settings, and calls at once only where they can be chosen. */
function wantedOf(settings: Settings): Partial<Settings> {
  const names = Object.keys(NEW) as (keyof Settings)[];
  const wanted = Object.fromEntries(names.map((name) => [name, settings[name]]));
  if (settings.ThrottleLevel === 'Low') delete wanted.MaxConcurrentCalls;
  return wanted as Partial<Settings>;
}
