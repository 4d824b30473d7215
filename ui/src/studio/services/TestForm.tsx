import {
  Button,
  Code,
  Drawer,
  Group,
  PasswordInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { milliseconds } from '../../base/format.ts';
import { Loading } from '../../base/Loading.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { useBase, useMayEdit } from '../data/queries.ts';
import type { Endpoint, Service } from '../data/types.ts';
import { toldError, useTelling } from '../data/useTelling.ts';
import {
  type Answer,
  bodyOf,
  callsOf,
  doubtful,
  type Property,
  type Shape,
  shapeOf,
  typeName,
  useSwagger,
} from './calls.ts';

type Props = { service: Service; endpoint: Endpoint; opened: boolean; onClose: () => void };
type Given = { answer: Answer; took: number };

/** A form with a field for each column, and what the service answers. */
export function TestForm({ service, endpoint, opened, onClose }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { services } = useBase();
  const { data, error } = useSwagger(services, service.Id, endpoint.Name);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('test.title', { name: service.Name })}
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      <Refusal error={error} />
      {data ? (
        <Fields
          shape={shapeOf(data)}
          name={service.Name}
          path={callsOf(services, service.Id, endpoint.Name)}
        />
      ) : (
        !error && <Loading />
      )}
    </Drawer>
  );
}

function Fields({ shape, name, path }: { shape: Shape; name: string; path: string }) {
  const { t } = useTranslation('studio');
  // Viewers are not told keys: they bring one along.
  const bringsKey = !useMayEdit();
  const [key, setKey] = useState('');
  const [cells, setCells] = useState<Record<string, Record<string, string>>>({});
  const [parameters, setParameters] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      shape.parameters.map(([key, { default: value }]) => [key, String(value ?? '')]),
    ),
  );
  const [given, setGiven] = useState<Given | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const tell = useTelling();
  const form = useRef<HTMLFormElement>(null);
  // The dialog is there before what it asks for: the keyboard goes to its first field.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const put = (port: string, column: string, text: string) =>
    setCells((before) => ({ ...before, [port]: { ...before[port], [column]: text } }));
  const sample = () =>
    setCells(
      Object.fromEntries(
        Object.entries(shape.example).map(([port, rows]) => [
          port,
          Object.fromEntries(
            Object.entries(rows[0] ?? {}).map(([column, value]) => [column, String(value ?? '')]),
          ),
        ]),
      ),
    );
  const send = async () => {
    setBusy(true);
    setError(null);
    const began = performance.now();
    try {
      const answer = await call<Answer>('POST', `${path}/execute`, {
        query: { 'api-version': '2.0', details: 'true' },
        body: bodyOf(shape, cells, parameters),
        headers: bringsKey ? { 'X-Bramka-Service-Key': key.trim() } : {},
      });
      setGiven({ answer, took: performance.now() - began });
    } catch (caught) {
      setError(caught);
      setGiven(null);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('test.lead')}
      </Text>
      {bringsKey && (
        <PasswordInput
          label={t('test.key')}
          description={t('test.keyHelp')}
          autoComplete="off"
          required
          mb="sm"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('test.showKey') }}
        />
      )}
      {shape.inputs.map(({ name: port, columns }) => (
        <fieldset key={port} className="st-fieldset">
          <legend>{port}</legend>
          <Stack gap="xs">
            {columns.map(([column, property], at) => (
              <Field
                key={column}
                first={at === 0}
                name={column}
                property={property}
                value={cells[port]?.[column] ?? ''}
                onChange={(text) => put(port, column, text)}
              />
            ))}
          </Stack>
        </fieldset>
      ))}
      {shape.parameters.length > 0 && (
        <fieldset className="st-fieldset">
          <legend>{t('parameters.title')}</legend>
          <Stack gap="xs">
            {shape.parameters.map(([key, property]) => (
              <Field
                key={key}
                name={key}
                property={property}
                value={parameters[key] ?? ''}
                onChange={(text) => setParameters((before) => ({ ...before, [key]: text }))}
              />
            ))}
          </Stack>
        </fieldset>
      )}
      <Group mt="md">
        <Button
          type="submit"
          loading={busy}
          disabled={bringsKey && !/^[ -~]+$/.test(key.trim())}
          leftSection={<Play size={15} aria-hidden />}
        >
          {t('test.send')}
        </Button>
        {Object.keys(shape.example).length > 0 && (
          <Button variant="default" onClick={sample}>
            {t('test.sample')}
          </Button>
        )}
      </Group>
      <Refusal error={toldError(tell, error)} />
      {given && <Shown given={given} name={name} />}
    </form>
  );
}

function Field({
  first,
  name,
  property,
  value,
  onChange,
}: {
  first?: boolean;
  name: string;
  property: Property;
  value: string;
  onChange: (text: string) => void;
}) {
  const { t } = useTranslation('studio');
  const type = typeName(property);
  const choices = property.enum?.map(String) ?? (type === 'Boolean' ? ['true', 'false'] : null);
  const told = doubtful(property, value);
  const described = [type, property.description].filter(Boolean).join(' · ');
  if (choices)
    return (
      <Select
        label={name}
        description={described}
        data={choices}
        searchable={choices.length > 8}
        value={choices.includes(value) ? value : null}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  return (
    <TextInput
      data-autofocus={first || undefined}
      label={name}
      description={described}
      value={value}
      error={told && t(`test.${told}`)}
      inputMode={type === 'String' ? undefined : 'decimal'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Shown({ given, name }: { given: Given; name: string }) {
  const { t } = useTranslation('studio');
  return (
    <section aria-label={t('test.result')} aria-live="polite" className="st-answer">
      {Object.entries(given.answer.Results).map(([port, { value }]) => (
        <div key={port}>
          <Group justify="space-between" mt="md" mb={4}>
            <Title order={3}>{port}</Title>
            <Text size="xs" c="dimmed">
              {milliseconds(given.took)}
            </Text>
          </Group>
          <Text size="sm">{t('test.returned', { name })}</Text>
          <Code block className="st-returned">
            {JSON.stringify(value.Values[0] ?? [])}
          </Code>
          <Scroll label={port}>
            <Table fz="sm" mt="xs" className="app-numbers" aria-label={port}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('test.column')}</Table.Th>
                  <Table.Th>{t('test.value')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {value.ColumnNames.map((column, at) => (
                  <Table.Tr key={column}>
                    <Table.Th scope="row" fw={500}>
                      {column}
                    </Table.Th>
                    <Table.Td className="st-break">{value.Values[0]?.[at] ?? '∅'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        </div>
      ))}
    </section>
  );
}
