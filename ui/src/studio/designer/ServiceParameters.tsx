import { Checkbox, Stack, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ServiceParameter } from '../data/types.ts';
import { withParameter } from './canvas.ts';
import type { Editor } from './useEditor.ts';

/** Parameters that callers of the web service may set. */
export function ServiceParameters({ editor }: { editor: Editor }) {
  const { t } = useTranslation(['studio', 'base']);
  const { parameters } = editor.held.canvas;
  if (!parameters.length) return null;
  return (
    <section aria-label={t('parameters.title')}>
      <Title order={3} mt="md" mb={4}>
        {t('parameters.title')}
      </Title>
      <Stack gap="md">
        {parameters.map((parameter, at) => (
          <One
            // biome-ignore lint/suspicious/noArrayIndexKey: the name itself is edited
            key={at}
            parameter={parameter}
            editor={editor}
          />
        ))}
      </Stack>
    </section>
  );
}

function One({ parameter, editor }: { parameter: ServiceParameter; editor: Editor }) {
  const { t } = useTranslation(['studio', 'base']);
  const told = parameter.ParameterDefinition;
  const change = (act: (one: ServiceParameter) => ServiceParameter, merge: string) =>
    editor.change((canvas) => withParameter(canvas, parameter.Name, act), merge);
  const define = (part: Partial<NonNullable<typeof told>>, merge: string) =>
    change(
      (one) => ({
        ...one,
        ParameterDefinition: {
          ...(one.ParameterDefinition ?? { Name: one.Name, ParameterType: 'String' }),
          ...part,
        },
      }),
      merge,
    );
  return (
    <div className="st-parameter">
      <TextInput
        size="xs"
        label={t('base:name')}
        value={parameter.Name}
        readOnly={editor.locked}
        onChange={(event) => {
          const name = event.currentTarget.value;
          if (!name.trim()) return;
          change(
            (one) => ({
              ...one,
              Name: name,
              ParameterDefinition: one.ParameterDefinition && {
                ...one.ParameterDefinition,
                Name: name,
              },
            }),
            '',
          );
        }}
      />
      <TextInput
        size="xs"
        label={t('datasets.description')}
        value={told?.Description ?? ''}
        readOnly={editor.locked}
        onChange={(event) =>
          define({ Description: event.currentTarget.value }, `describe ${parameter.Name}`)
        }
      />
      <TextInput
        size="xs"
        label={t('parameters.value')}
        value={String(parameter.Value ?? '')}
        readOnly={editor.locked}
        onChange={(event) => {
          const Value = event.currentTarget.value;
          change(
            (one) => ({
              ...one,
              Value,
              ParameterDefinition: one.ParameterDefinition && {
                ...one.ParameterDefinition,
                DefaultValue: one.ParameterDefinition.HasDefaultValue ? Value : undefined,
              },
            }),
            `value ${parameter.Name}`,
          );
        }}
      />
      <Checkbox
        size="xs"
        mt={6}
        label={t('parameters.optional')}
        checked={Boolean(told?.HasDefaultValue)}
        disabled={editor.locked}
        onChange={(event) =>
          define(
            {
              HasDefaultValue: event.currentTarget.checked,
              IsOptional: event.currentTarget.checked,
              DefaultValue: event.currentTarget.checked ? parameter.Value : undefined,
            },
            '',
          )
        }
      />
    </div>
  );
}
