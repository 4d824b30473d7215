import {
  ActionIcon,
  Button,
  Checkbox,
  Select,
  Table,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Scroll } from '../../parts/Scroll.tsx';
import { type Parameter, TYPES } from './model.ts';

type Props = {
  /** What these are: "Query parameters". */
  title: string;
  parameters: readonly Parameter[];
  onChange: (parameters: Parameter[]) => void;
  /** Names come from elsewhere, and none is added or taken away here. */
  named?: boolean;
  readOnly?: boolean;
  empty?: string;
};

/** Parameters in a table that is edited in place. */
export function Parameters({ title, parameters, onChange, named, readOnly, empty }: Props) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = (at: number, part: Partial<Parameter>) =>
    onChange(parameters.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const label = (word: string, one: Parameter) => `${word}: ${one.name || title}`;
  return (
    <div>
      {parameters.length > 0 ? (
        <Scroll label={title}>
          <Table
            className="app-stacks"
            role="table"
            miw={{ sm: 720 }}
            aria-label={title}
            verticalSpacing={4}
            horizontalSpacing={6}
          >
            <Table.Thead role="rowgroup">
              <Table.Tr role="row">
                <Table.Th role="columnheader" w={180}>
                  {t('base:name')}
                </Table.Th>
                <Table.Th role="columnheader" w={120}>
                  {t('operation.type')}
                </Table.Th>
                <Table.Th role="columnheader">{t('operation.values')}</Table.Th>
                <Table.Th role="columnheader" w="25%">
                  {t('operation.default')}
                </Table.Th>
                <Table.Th role="columnheader">{t('operation.description')}</Table.Th>
                <Table.Th role="columnheader">{t('operation.required')}</Table.Th>
                {!named && !readOnly && <Table.Td role="cell" w={40} />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody role="rowgroup">
              {parameters.map((one, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while typed
                <Table.Tr key={at} role="row">
                  <Table.Td role="cell" data-label={t('base:name')}>
                    {named ? (
                      <code>{one.name}</code>
                    ) : (
                      <TextInput
                        aria-label={label(t('base:name'), one)}
                        value={one.name}
                        disabled={readOnly}
                        onChange={(event) => change(at, { name: event.currentTarget.value })}
                      />
                    )}
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.type')}>
                    <Select
                      aria-label={label(t('operation.type'), one)}
                      data={[...new Set([...TYPES, one.type])]}
                      value={one.type}
                      disabled={readOnly}
                      allowDeselect={false}
                      onChange={(type) => change(at, { type: type ?? 'string' })}
                    />
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.values')}>
                    <TagsInput
                      aria-label={label(t('operation.values'), one)}
                      value={one.values ?? []}
                      disabled={readOnly}
                      onChange={(values) => change(at, { values })}
                    />
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.default')}>
                    <TextInput
                      aria-label={label(t('operation.default'), one)}
                      value={one.defaultValue ?? ''}
                      disabled={readOnly}
                      onChange={(event) => change(at, { defaultValue: event.currentTarget.value })}
                    />
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.description')}>
                    <TextInput
                      aria-label={label(t('operation.description'), one)}
                      value={one.description ?? ''}
                      disabled={readOnly}
                      onChange={(event) => change(at, { description: event.currentTarget.value })}
                    />
                  </Table.Td>
                  <Table.Td role="cell" data-label={t('operation.required')}>
                    <Checkbox
                      aria-label={label(t('operation.required'), one)}
                      checked={one.required ?? false}
                      disabled={readOnly}
                      onChange={(event) => change(at, { required: event.currentTarget.checked })}
                    />
                  </Table.Td>
                  {!named && !readOnly && (
                    <Table.Td role="cell">
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={label(t('base:delete'), one)}
                        onClick={() => onChange(parameters.filter((_, i) => i !== at))}
                      >
                        <Trash2 size={16} aria-hidden />
                      </ActionIcon>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      ) : (
        <Text size="sm" c="dimmed">
          {empty ?? t('operation.noParameters')}
        </Text>
      )}
      {!named && !readOnly && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => onChange([...parameters, { name: '', type: 'string', required: false }])}
        >
          {t('operation.addParameter', { title: title.toLowerCase() })}
        </Button>
      )}
    </div>
  );
}
