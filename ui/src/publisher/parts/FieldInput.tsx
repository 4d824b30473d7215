import {
  FileInput,
  Input,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { XmlEditor } from '../../parts/XmlEditor.tsx';
import type { Properties } from '../rest/management.ts';
import { EntitiesPicker } from './EntitiesPicker.tsx';
import { EntityPicker } from './EntityPicker.tsx';
import type { Field } from './fields.ts';

type Props = {
  field: Field;
  value: unknown;
  /** All of the form: what can be chosen may follow from it. */
  values: Properties;
  error?: string;
  disabled?: boolean;
  /** It is made now: there is no secret yet that could be kept. */
  fresh?: boolean;
  /** The first of a form at the side of the page is where one begins. */
  first?: boolean;
  onChange: (value: unknown) => void;
};

/** One field of a form, by its kind. */
export function FieldInput(props: Props) {
  const { field, value, values, error, disabled, fresh, first, onChange } = props;
  const { t } = useTranslation(['base', 'publisher']);
  const { label, help, required, placeholder, options = [] } = field;
  const common = {
    label,
    description: help,
    error,
    disabled,
    withAsterisk: required,
    placeholder,
    'data-autofocus': first || undefined,
  };
  const mono = field.mono ? { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } : {};
  switch (field.kind ?? 'text') {
    case 'switch':
      return (
        <Switch
          label={label}
          description={help}
          error={error}
          disabled={disabled}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          min={0}
          allowDecimal={false}
          value={typeof value === 'number' ? value : ''}
          onChange={(now) => onChange(now === '' ? null : Number(now))}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          data={[...options]}
          searchable={options.length > 8}
          allowDeselect={!required}
          clearable={!required}
          clearButtonProps={{ 'aria-label': t('clearField', { name: label }) }}
          nothingFoundMessage={t('none')}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
        />
      );
    case 'entity': {
      const from = field.picked?.(values) ?? { path: '' };
      return (
        <EntityPicker
          // Another list begins with nothing chosen and nothing typed.
          key={from.path}
          {...common}
          {...from}
          allowDeselect={!required}
          clearable={!required}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
        />
      );
    }
    case 'entities': {
      const from = field.picked?.(values) ?? { path: '' };
      return (
        <EntitiesPicker
          key={from.path}
          {...common}
          {...from}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
        />
      );
    }
    case 'many':
      return (
        <MultiSelect
          {...common}
          data={[...options]}
          searchable
          clearButtonProps={{ 'aria-label': t('clearField', { name: label }) }}
          nothingFoundMessage={t('none')}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
        />
      );
    case 'words':
      return (
        <TagsInput
          {...common}
          clearButtonProps={{ 'aria-label': t('clearField', { name: label }) }}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
        />
      );
    case 'secret':
      return (
        <PasswordInput
          {...common}
          description={help ?? (fresh ? undefined : t('publisher:form.secretHelp'))}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('key.show', { name: label }) }}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'area':
    case 'json':
      return (
        <Textarea
          {...common}
          autosize
          minRows={field.rows ?? 3}
          maxRows={24}
          styles={
            field.kind === 'json' || field.mono
              ? { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }
              : {}
          }
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'xml':
      return (
        <Input.Wrapper label={label} description={help} error={error} withAsterisk={required}>
          <XmlEditor
            label={label}
            value={typeof value === 'string' ? value : ''}
            onChange={onChange}
            readOnly={disabled}
            minHeight={(field.rows ?? 3) * 20}
            elements={field.elements}
          />
        </Input.Wrapper>
      );
    case 'file':
      return (
        <FileInput
          {...common}
          placeholder={placeholder}
          value={value instanceof File ? value : null}
          onChange={onChange}
          clearable
          clearButtonProps={{ 'aria-label': t('clearField', { name: label }) }}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          styles={mono}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
