import { Button, Stack, Text, TextInput } from '@mantine/core';
import { ArrowLeft, ArrowRight, Plus } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Search } from '../../parts/Search.tsx';
import type { Column } from '../data/types.ts';

type Props = {
  columns: Column[];
  chosen: string[];
  onChange: (names: string[]) => void;
};
const MOST = 500;

/** Two lists: what there is, and what is chosen. */
export function ColumnLists({ columns, chosen, onChange }: Props) {
  const { t } = useTranslation('studio');
  const [search, setSearch] = useState('');
  const [left, setLeft] = useState<string[]>([]);
  const [right, setRight] = useState<string[]>([]);
  const [typed, setTyped] = useState('');
  const wanted = search.toLowerCase();
  const free = columns
    .filter(({ Name }) => !chosen.includes(Name) && Name.toLowerCase().includes(wanted))
    .slice(0, MOST);
  const take = (names: string[]) => {
    onChange([...chosen, ...names.filter((name) => !chosen.includes(name))]);
    setLeft([]);
  };
  const give = (names: string[]) => {
    onChange(chosen.filter((name) => !names.includes(name)));
    setRight([]);
  };
  return (
    <>
      <Search label={t('selector.search')} value={search} onChange={setSearch} w="100%" />
      <div className="st-lists">
        <List
          label={t('selector.available')}
          options={free.map(({ Name, Type }) => ({ name: Name, more: Type }))}
          value={left}
          onChange={setLeft}
          onPick={(name) => take([name])}
        />
        <Stack gap={6} justify="center">
          <Button
            size="compact-md"
            variant="default"
            aria-label={t('selector.take')}
            disabled={!left.length}
            onClick={() => take(left)}
          >
            <ArrowRight size={16} aria-hidden />
          </Button>
          <Button
            size="compact-md"
            variant="default"
            aria-label={t('selector.give')}
            disabled={!right.length}
            onClick={() => give(right)}
          >
            <ArrowLeft size={16} aria-hidden />
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => take(free.map(({ Name }) => Name))}
          >
            {t('selector.takeAll')}
          </Button>
        </Stack>
        <List
          label={t('selector.selected')}
          options={chosen.map((name) => ({
            name,
            more: columns.find(({ Name }) => Name === name)?.Type ?? '?',
          }))}
          value={right}
          onChange={setRight}
          onPick={(name) => give([name])}
        />
      </div>
      {columns.length === 0 && (
        <form
          className="st-add"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim()) take([typed.trim()]);
            setTyped('');
          }}
        >
          <TextInput
            size="xs"
            label={t('selector.type')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" type="submit" leftSection={<Plus size={14} />}>
            {t('selector.add')}
          </Button>
        </form>
      )}
    </>
  );
}

function List({
  label,
  options,
  value,
  onChange,
  onPick,
}: {
  label: string;
  options: { name: string; more: string }[];
  value: string[];
  onChange: (names: string[]) => void;
  onPick: (name: string) => void;
}) {
  const id = useId();
  return (
    <div>
      <Text component="label" htmlFor={id} size="xs" fw={500}>
        {label}
      </Text>
      <select
        id={id}
        multiple
        size={10}
        className="st-list"
        value={value}
        onChange={(event) =>
          onChange([...event.currentTarget.selectedOptions].map((option) => option.value))
        }
        onDoubleClick={(event) => {
          const { value: name } = event.target as HTMLOptionElement;
          if (name) onPick(name);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && value.length === 1) onPick(value[0]!);
        }}
      >
        {options.map(({ name, more }) => (
          <option key={name} value={name}>
            {name} · {more}
          </option>
        ))}
      </select>
    </div>
  );
}
