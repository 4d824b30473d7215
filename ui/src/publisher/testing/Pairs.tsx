import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Pair } from './request.ts';

type Props = { title: string; add: string; pairs: Pair[]; onChange: (pairs: Pair[]) => void };

/** Names with values: headers, or parameters of the query. */
export function Pairs({ title, add, pairs, onChange }: Props) {
  const { t } = useTranslation('base');
  const change = (at: number, part: Partial<Pair>) =>
    onChange(pairs.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="pub-fieldset">
      <Text component="legend" size="sm" fw={600}>
        {title}
      </Text>
      <Stack gap={6}>
        {pairs.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while typed
          <Group key={at} gap={6} wrap="nowrap">
            <TextInput
              w="38%"
              aria-label={`${title} ${at + 1}: ${t('name')}`}
              value={one.name}
              onChange={(event) => change(at, { name: event.currentTarget.value })}
            />
            <TextInput
              style={{ flex: 1 }}
              aria-label={one.name || `${title} ${at + 1}`}
              value={one.value}
              onChange={(event) => change(at, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('delete')}: ${one.name || at + 1}`}
              onClick={() => onChange(pairs.filter((_, i) => i !== at))}
            >
              <Trash2 size={15} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="compact-sm"
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => onChange([...pairs, { name: '', value: '' }])}
        >
          {add}
        </Button>
      </Stack>
    </fieldset>
  );
}
