import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, type Listed, type Properties, useRead } from '../rest/management.ts';
import { both, containing } from '../rest/odata.ts';

export type Picked = {
  /** The list that is searched: `/products`. */
  path: string;
  /** A condition that always holds. */
  filter?: string;
  /** Fields of the server that a search looks into. */
  search?: readonly string[];
  title?: (row: Entity<Properties>) => string;
};
type Props = Picked & {
  /** What is chosen, where the list cannot be asked for it by its name. */
  known?: Entity<Properties>;
  value: string | null;
  onChange: (name: string | null) => void;
} & Omit<SelectProps, 'value' | 'onChange' | 'data' | 'filter' | 'path' | 'title'>;

export const SHOWN = 50;
export const NAME = ['displayName'];

export function displayed({ name, properties }: Entity<Properties>): string {
  return String(properties.displayName ?? name);
}

/** One of a list of any length: the server looks for what is typed. */
export function EntityPicker(props: Props) {
  const { path, filter = '', search = NAME, title = displayed } = props;
  const { known, value, onChange, ...rest } = props;
  const { path: _, filter: __, search: ___, title: ____, ...select } = rest;
  const { t } = useTranslation('base');
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed, 250);
  const wanted = { $top: SHOWN, $filter: both(filter, containing(search, asked)) };
  const { data } = useRead<Listed>(path, wanted);
  const rows = data?.value ?? [];
  const listed = rows.some(({ name }) => name === value);
  // What is chosen already may stand far behind in the list.
  const sought = !!value && !listed && !known;
  const own = useRead<Entity>(`${path}/${encodeURIComponent(value ?? '')}`, {}, sought);
  const found = known ?? own.data;
  const chosen = value && !listed && found?.name === value ? [found] : [];
  const options = [...chosen, ...rows].map((row) => ({ value: row.name, label: title(row) }));
  return (
    <Select
      {...select}
      searchable
      value={value}
      data={options}
      filter={({ options: given }) => given}
      nothingFoundMessage={t('none')}
      clearButtonProps={{ 'aria-label': t('clearField', { name: String(select.label ?? '') }) }}
      // The field shows the label of what was chosen; that is not a search.
      onSearchChange={(text) => setTyped(options.some(({ label }) => label === text) ? '' : text)}
      onChange={onChange}
    />
  );
}
