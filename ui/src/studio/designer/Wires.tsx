import { ActionIcon, Button, Group, Select, Text, Title } from '@mantine/core';
import { Unplug } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Item, ONLY, type Wire, wireId } from './canvas.ts';
import { nameOf, portsOf, reasonAgainst } from './ports.ts';
import type { Editor } from './useEditor.ts';

/** What something is connected to, and a form to connect it by keyboard. */
export function Wires({ item, editor }: { item: Item; editor: Editor }) {
  const { t } = useTranslation('studio');
  const { held, shelf, locked } = editor;
  const mine = held.canvas.wires.filter(({ from, to }) => from.id === item.id || to.id === item.id);
  const { outputs } = portsOf(item, shelf);
  const named = (id: string) => {
    const found = held.canvas.items.find((each) => each.id === id);
    return found ? nameOf(found, shelf) : id;
  };
  const port = (name: string) => (name === ONLY ? '' : ` · ${shelf.tell.of('ports', name)}`);
  const whole = useRef<HTMLElement>(null);
  return (
    <section ref={whole} tabIndex={-1} aria-label={t('wires.title')}>
      <Title order={3} mt="md">
        {t('wires.title')}
      </Title>
      {mine.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('wires.none')}
        </Text>
      )}
      {mine.map((wire) => {
        const into = wire.to.id === item.id;
        const text = into
          ? `${named(wire.from.id)}${port(wire.from.port)} → ${port(wire.to.port).slice(3) || t('wires.this')}`
          : `${port(wire.from.port).slice(3) || t('wires.this')} → ${named(wire.to.id)}${port(wire.to.port)}`;
        return (
          <Group key={wireId(wire)} gap={4} justify="space-between" wrap="nowrap">
            <Text size="xs">{text}</Text>
            {!locked && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                aria-label={`${t('wires.remove')}: ${text}`}
                onClick={() => {
                  editor.remove(new Set(), new Set([wireId(wire)]));
                  whole.current?.focus();
                }}
              >
                <Unplug size={14} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        );
      })}
      {!locked && outputs.length > 0 && <Connect item={item} editor={editor} />}
    </section>
  );
}

function Connect({ item, editor }: { item: Item; editor: Editor }) {
  const { t } = useTranslation('studio');
  const { held, shelf } = editor;
  const { outputs } = portsOf(item, shelf);
  const told = (name: string) => shelf.tell.of('ports', name);
  const [out, setOut] = useState(outputs[0]!.Name);
  const [into, setInto] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const targets: { label: string; value: string; wire: Wire }[] = held.canvas.items.flatMap(
    (other) =>
      portsOf(other, shelf).inputs.map(({ Name }) => {
        const wire = { from: { id: item.id, port: out }, to: { id: other.id, port: Name } };
        const label = `${nameOf(other, shelf)}${Name === ONLY ? '' : ` · ${told(Name)}`}`;
        return { label, value: `${other.id}:${Name}`, wire };
      }),
  );
  const fitting = targets.filter(
    ({ wire }) => reasonAgainst(held.canvas, shelf, wire.from, wire.to) === null,
  );
  const chosen = fitting.find(({ value }) => value === into);
  if (!targets.length) return null;
  return (
    <form
      className="st-connect"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) editor.connect(chosen.wire);
        setInto(null);
        // The button is off now, and who came by keyboard goes on from here.
        field.current?.focus();
      }}
    >
      {outputs.length > 1 && (
        <Select
          size="xs"
          label={t('wires.from')}
          data={outputs.map(({ Name }) => ({ value: Name, label: told(Name) }))}
          allowDeselect={false}
          value={out}
          onChange={(name) => name && setOut(name)}
        />
      )}
      <Select
        ref={field}
        size="xs"
        label={t('wires.to')}
        description={outputs.length === 1 && out !== ONLY ? told(out) : undefined}
        placeholder={fitting.length ? t('wires.choose') : t('wires.nothing')}
        searchable
        data={unique(fitting)}
        value={chosen ? into : null}
        onChange={setInto}
      />
      <Button size="xs" variant="default" type="submit" disabled={!chosen} mt={6}>
        {t('wires.connect')}
      </Button>
    </form>
  );
}

/** Two modules of one name are told apart by a number. */
function unique(options: { label: string; value: string }[]) {
  const seen = new Map<string, number>();
  return options.map(({ label, value }) => {
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return { value, label: times > 1 ? `${label} (${times})` : label };
  });
}
