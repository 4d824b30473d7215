import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  Group,
  Menu,
  PasswordInput,
  Select,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { Settings2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Module, Parameter } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { ColumnSelector } from './ColumnSelector.tsx';
import { type Item, linked, withSetting } from './canvas.ts';
import { serviceParameter, settingOf, wrong } from './parameters.ts';
import { SelectorText } from './SelectorText.tsx';
import type { Editor } from './useEditor.ts';

type Props = { parameter: Parameter; item: Item; module: Module; editor: Editor };

const LONG = /script|^data$|query|expression|list of/i;
const SECRET = /account key|password|sas uri/i;

/** One parameter: its field by type, its bounds, its help, its link. */
export function ParameterField({ parameter, item, module, editor }: Props) {
  const link = item.links?.[parameter.Name];
  return (
    <div className="st-field">
      {link ? (
        <Link parameter={parameter} link={link} />
      ) : (
        <Field parameter={parameter} item={item} module={module} editor={editor} />
      )}
      {parameter.Type !== 'ColumnPicker' && !editor.locked && (
        <Linking parameter={parameter} item={item} editor={editor} />
      )}
    </div>
  );
}

function Field({ parameter, item, module, editor }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const tell = useTelling();
  const { Name: name, Type: type } = parameter;
  const label = tell.of('parameters', name);
  const help = tell.of('descriptions', parameter.Description);
  const value = settingOf(parameter, item);
  const fault = wrong(parameter, value);
  const set = (text: string | null) =>
    editor.change((canvas) => withSetting(canvas, item.id, name, text), `set ${item.id} ${name}`);
  const common = {
    label,
    description: help || undefined,
    withAsterisk: parameter.IsRequired,
    size: 'xs' as const,
    error: fault ? t(`parameters.wrong.${fault.key}`, { limit: fault.limit }) : undefined,
  };
  if (type === 'ColumnPicker')
    return <Columns parameter={parameter} item={item} module={module} editor={editor} />;
  if (type === 'Bool')
    return (
      <Checkbox
        size="xs"
        label={label}
        description={help || undefined}
        checked={value.toLowerCase() === 'true'}
        disabled={editor.locked}
        onChange={(event) => set(event.currentTarget.checked ? 'True' : 'False')}
      />
    );
  if (type === 'Enumerated')
    return (
      <Select
        {...common}
        data={parameter.Values.map((each) => ({ value: each, label: tell.of('values', each) }))}
        value={parameter.Values.find((each) => each.toLowerCase() === value.toLowerCase()) ?? null}
        allowDeselect={false}
        readOnly={editor.locked}
        onChange={(chosen) => chosen && set(chosen)}
      />
    );
  const typed = {
    ...common,
    value,
    readOnly: editor.locked,
    onChange: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value),
  };
  if (type === 'SecureString' || SECRET.test(name))
    return <PasswordInput {...typed} autoComplete="off" />;
  if (type === 'String' && (LONG.test(name) || value.includes('\n')))
    return (
      <Textarea
        {...typed}
        autosize
        minRows={2}
        maxRows={14}
        spellCheck={false}
        classNames={{ input: 'app-code' }}
      />
    );
  return (
    <TextInput
      {...typed}
      inputMode={type === 'String' ? undefined : 'decimal'}
      spellCheck={false}
    />
  );
}

function Columns({ parameter, item, module, editor }: Props) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const label = tell.of('parameters', parameter.Name);
  const [opened, setOpened] = useState(false);
  const value = settingOf(parameter, item);
  return (
    <div>
      <Text size="xs" fw={500}>
        {label}
        {parameter.IsRequired && (
          <span className="st-asterisk" aria-hidden>
            {' *'}
          </span>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {tell.of('descriptions', parameter.Description)}
      </Text>
      <SelectorText value={value} />
      <Button size="compact-sm" variant="default" mt={4} onClick={() => setOpened(true)}>
        {t('selector.launch')}
        <span className="app-hidden">: {label}</span>
      </Button>
      {opened && (
        <ColumnSelector
          title={label}
          value={value}
          item={item}
          port={module.InputPorts.find(({ Type }) => Type === 'DataTable')?.Name ?? ''}
          editor={editor}
          onClose={() => setOpened(false)}
          onDone={(next) => {
            editor.change((canvas) => withSetting(canvas, item.id, parameter.Name, next));
            setOpened(false);
          }}
        />
      )}
    </div>
  );
}

function Link({ parameter, link }: { parameter: Parameter; link: string }) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  return (
    <Group gap={6}>
      <Text size="xs" fw={500}>
        {tell.of('parameters', parameter.Name)}
      </Text>
      <Badge color="accent">{t('parameters.linked', { name: link })}</Badge>
    </Group>
  );
}

function Linking({ parameter, item, editor }: Omit<Props, 'module'>) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const link = item.links?.[parameter.Name];
  const type = parameter.Type;
  const { canvas } = editor.held;
  const fitting = canvas.parameters.filter(
    (each) => each.ParameterDefinition?.ParameterType === type,
  );
  const set = (to: Parameters<typeof linked>[3]) =>
    editor.change((now) => linked(now, item.id, parameter.Name, to));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          className="st-linking"
          variant="subtle"
          color="gray"
          size={24}
          aria-label={t('parameters.menu', { name: tell.of('parameters', parameter.Name) })}
        >
          <Settings2 size={14} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {link ? (
          <Menu.Item onClick={() => set(null)}>{t('parameters.unlink')}</Menu.Item>
        ) : (
          <>
            <Menu.Item onClick={() => set(serviceParameter(parameter, item, canvas))}>
              {t('parameters.make')}
            </Menu.Item>
            {fitting.map((each) => (
              <Menu.Item key={each.Name} onClick={() => set(each)}>
                {t('parameters.use', { name: each.Name })}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
