import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search as Glass } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

type Props = {
  value: string;
  onChange: (text: string) => void;
  label?: string;
  /** Shown in the empty field where the label is too long for it. */
  brief?: string;
  w?: number | string;
};

/** A search field that asks shortly after the last key. */
export function Search({ value, onChange, label, brief, w = 260 }: Props) {
  const { t } = useTranslation('base');
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const later = useDebouncedCallback(onChange, 250);
  const change = (next: string) => {
    setText(next);
    later(next);
  };
  return (
    <TextInput
      w={w}
      role="searchbox"
      aria-label={label ?? t('search')}
      placeholder={brief ?? label ?? t('search')}
      leftSection={<Glass size={15} aria-hidden />}
      rightSection={
        text ? (
          <CloseButton size="sm" aria-label={t('table.clear')} onClick={() => change('')} />
        ) : null
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
