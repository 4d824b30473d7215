import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';

type Pair = [name: string, value: string];
type Props = {
  pairs: Pair[];
  onChange: (pairs: Pair[]) => void;
  add: string;
  /** "header" or "parameter": the accessible names hold it. */
  noun: string;
  /** Names that must be there. */
  required?: readonly string[];
};

/** Names and values, as many as one likes. */
export function Pairs({ pairs, onChange, add, noun, required = [] }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const put = (at: number, pair: Pair) =>
    onChange(pairs.map((old, index) => (index === at ? pair : old)));
  return (
    <>
      {pairs.map(([name, value], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <Group key={at} gap={6} mb={6} wrap="nowrap" align="flex-start">
          <TextInput
            flex={2}
            aria-label={t('try.pairName', { noun, number: at + 1 })}
            placeholder={t('base:name')}
            value={name}
            onChange={(event) => put(at, [event.currentTarget.value, value])}
          />
          <TextInput
            flex={3}
            aria-label={
              name ? t('try.pairValueOf', { name }) : t('try.pairValue', { noun, number: at + 1 })
            }
            placeholder={t('try.value')}
            value={value}
            onChange={(event) => put(at, [name, event.currentTarget.value])}
          />
          {required.includes(name) ? (
            <Text size="xs" c="dimmed" w={34} pt={9}>
              *
            </Text>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={t('try.removePair', { name: name || `${noun} ${at + 1}` })}
              onClick={() => onChange(pairs.filter((_, index) => index !== at))}
            >
              <X size={15} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Button
        size="xs"
        variant="default"
        leftSection={<Plus size={14} aria-hidden />}
        onClick={() => onChange([...pairs, ['', '']])}
      >
        {add}
      </Button>
    </>
  );
}
