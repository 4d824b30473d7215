import { Button, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { Concern } from '../../base/Concern.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import type { Properties } from '../rest/management.ts';
import { FieldInput } from './FieldInput.tsx';
import { type Field, missing, refusals, sectionsOf, valueAt, withValue } from './fields.ts';
import { useDraft } from './useDraft.ts';

type Props = {
  fields: readonly Field[];
  initial: Properties;
  /** Whether it is made now: then fields that stay fixed can still be chosen. */
  fresh?: boolean;
  readOnly?: boolean;
  action: string;
  onSave: (values: Properties) => Promise<void>;
  onCancel?: () => void;
  /** Told whenever what was typed differs from what was there, and how to forget it. */
  onDirty?: (dirty: boolean, forget: () => void) => void;
  /** Values that follow from others, such as an id from a name. */
  follow?: (values: Properties, at: string) => Properties;
  children?: (values: Properties) => ReactNode;
};

/** Fields and a button; what the server refuses stands at the field it is about. */
export function EntityForm(props: Props) {
  const { fields, initial, fresh, readOnly, action, onSave, onCancel, onDirty, follow } = props;
  const { t } = useTranslation(['publisher', 'base']);
  const draft = useDraft(fields, initial);
  const [restored, setRestored] = useState(draft.kept && !readOnly);
  const [values, setValues] = useState(restored ? draft.values : initial);
  const [errors, setErrors] = useState(new Map<string, string>());
  const [refused, setRefused] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const dirty = JSON.stringify(values) !== JSON.stringify(initial);
  const { keep, forget } = draft;
  const overtaken = fields
    .filter(({ at }) => draft.overtaken.includes(at))
    .map(({ label }) => label)
    .join(', ');
  useEffect(() => onDirty?.(dirty, forget), [dirty, onDirty, forget]);
  const touched = useRef(false);
  useEffect(() => {
    if (touched.current) keep(values);
  }, [values, keep]);
  const change = (at: string, value: unknown) => {
    touched.current = true;
    setValues((now) => {
      const next = withValue(now, at, value);
      return follow ? follow(next, at) : next;
    });
    setErrors((now) => new Map([...now].filter(([name]) => name !== at)));
  };
  const shown = fields.filter((field) => !field.when || field.when(values));
  const wrong = (found: Map<string, string>) => {
    setErrors(found);
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error]')?.focus(),
    );
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    const words = {
      required: t('form.required'),
      json: (message: string) => t('form.json', { message }),
    };
    const lacking = missing(fields, values, words);
    if (lacking.size) return wrong(lacking);
    setSaving(true);
    try {
      await onSave(values);
      touched.current = false;
      forget();
    } catch (error) {
      if (!(error instanceof ApiError)) return setRefused(error);
      const { byField, rest } = refusals(error, shown);
      wrong(byField);
      if (rest || !byField.size) setRefused(error);
    } finally {
      setSaving(false);
    }
  };
  const input = (field: Field) => (
    <FieldInput
      key={field.at}
      field={field}
      value={valueAt(values, field.at)}
      values={values}
      error={errors.get(field.at)}
      disabled={readOnly || (field.fixed && !fresh)}
      fresh={fresh}
      first={fresh && field === shown[0]}
      onChange={(value) => change(field.at, value)}
    />
  );
  return (
    <form onSubmit={(event) => void save(event)} ref={form} noValidate>
      <Stack gap={shown[0]?.section ? 0 : 'md'}>
        <Refusal error={refused} />
        {restored && (
          <Group gap="xs" role="status">
            <Text size="sm">
              {t('form.restored')} {overtaken && t('form.overtaken', { fields: overtaken })}
            </Text>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => {
                forget();
                setRestored(false);
                setValues(initial);
              }}
            >
              {t('policies.discard')}
            </Button>
          </Group>
        )}
        {sectionsOf(shown).map(({ section, members }) =>
          section ? (
            <Concern key={section.title} {...section}>
              <Stack gap="md">{members.map(input)}</Stack>
            </Concern>
          ) : (
            members.map(input)
          ),
        )}
        {props.children?.(values)}
        {!readOnly && (
          <Group
            justify={onCancel ? 'flex-end' : 'flex-start'}
            mt="xs"
            className={shown[0]?.section && 'pub-beside'}
          >
            {onCancel && (
              <Button variant="default" onClick={onCancel}>
                {t('base:cancel')}
              </Button>
            )}
            <Button type="submit" loading={saving} disabled={!fresh && !dirty}>
              {action}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
