import { MultiSelect, type MultiSelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Listed, useRead } from '../rest/management.ts';
import { both, containing, equal } from '../rest/odata.ts';
import { displayed, NAME, type Picked, SHOWN } from './EntityPicker.tsx';

type Props = Picked & {
  value: string[];
  onChange: (names: string[]) => void;
} & Omit<MultiSelectProps, 'value' | 'onChange' | 'data' | 'filter' | 'path' | 'title'>;

/** As many names as a `$filter` has room for. */
const NAMED = 30;

/** Several of a list of any length: the server looks for what is typed. */
export function EntitiesPicker(props: Props) {
  const { path, filter = '', search = NAME, title = displayed, value, onChange, ...select } = props;
  const { t } = useTranslation('base');
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed, 250);
  const wanted = { $top: SHOWN, $filter: both(filter, containing(search, asked)) };
  const rows = useRead<Listed>(path, wanted).data?.value ?? [];
  // What is chosen already may stand far behind in the list.
  const unlisted = value.filter((name) => !rows.some((row) => row.name === name)).slice(0, NAMED);
  const named = unlisted.map((name) => equal('name', name)).join(' or ');
  const own = useRead<Listed>(path, { $top: NAMED, $filter: named }, named !== '');
  const far = named ? (own.data?.value ?? []) : [];
  const known = new Map([...far, ...rows].map((row) => [row.name, title(row)]));
  for (const name of value) if (!known.has(name)) known.set(name, name);
  return (
    <MultiSelect
      {...select}
      searchable
      data={[...known].map(([name, label]) => ({ value: name, label }))}
      filter={({ options }) => options}
      nothingFoundMessage={t('none')}
      clearButtonProps={{ 'aria-label': t('clearField', { name: String(select.label ?? '') }) }}
      value={value}
      onSearchChange={setTyped}
      onChange={onChange}
    />
  );
}
