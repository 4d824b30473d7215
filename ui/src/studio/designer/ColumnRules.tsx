import { ActionIcon, Button, Checkbox, Group, MultiSelect, Select, TagsInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../data/types.ts';
import { KINDS, type Rule, type Selector, TYPES } from './selector.ts';

type Props = { columns: Column[]; selector: Selector; onChange: (selector: Selector) => void };
type Shape = 'ColumnNames' | 'ColumnIndexes' | 'ColumnTypes' | 'Kinds' | 'AllColumns';

/** Begin with all or no columns, then include and exclude. */
export function ColumnRules({ columns, selector, onChange }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const [first, ...others] = selector.rules;
  const all = first?.ruleType === 'AllColumns' && !first.exclude;
  const rules = all ? others : selector.rules;
  const set = (next: Rule[], begin = all) =>
    onChange({
      ...selector,
      rules: begin ? [{ ruleType: 'AllColumns', exclude: false }, ...next] : next,
    });
  const change = (at: number, rule: Rule) =>
    set(rules.map((each, place) => (place === at ? rule : each)));
  return (
    <>
      <Select
        w={220}
        label={t('selector.begin')}
        data={[
          { value: 'none', label: t('selector.beginNone') },
          { value: 'all', label: t('selector.beginAll') },
        ]}
        allowDeselect={false}
        value={all ? 'all' : 'none'}
        onChange={(value) => set(rules, value === 'all')}
      />
      {rules.map((rule, at) => (
        <OneRule
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have a place and nothing else
          key={at}
          number={at + 1}
          rule={rule}
          columns={columns}
          onChange={(next) => change(at, next)}
          onRemove={() => set(rules.filter((_, place) => place !== at))}
        />
      ))}
      <Button
        mt="sm"
        size="compact-sm"
        variant="subtle"
        leftSection={<Plus size={14} aria-hidden />}
        onClick={() => set([...rules, { ruleType: 'ColumnNames', columns: [], exclude: all }])}
      >
        {t('selector.addRule')}
      </Button>
      <Checkbox
        mt="sm"
        size="xs"
        label={t('selector.duplicates')}
        checked={!selector.isFilter}
        onChange={(event) => onChange({ ...selector, isFilter: !event.currentTarget.checked })}
      />
    </>
  );
}

function OneRule({
  number,
  rule,
  columns,
  onChange,
  onRemove,
}: {
  number: number;
  rule: Rule;
  columns: Column[];
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation(['studio', 'base']);
  const shape = shapeOf(rule);
  const named = (what: string) => t('selector.rule', { number, what });
  const word = (each: string) => ({ value: each, label: t(`selector.words.${each as 'Label'}`) });
  return (
    <Group gap="xs" mt="sm" align="flex-start" wrap="nowrap" className="st-rule">
      <Select
        w={120}
        aria-label={named(t('selector.what'))}
        data={[
          { value: 'in', label: t('selector.include') },
          { value: 'out', label: t('selector.exclude') },
        ]}
        allowDeselect={false}
        value={rule.exclude ? 'out' : 'in'}
        onChange={(value) => onChange({ ...rule, exclude: value === 'out' })}
      />
      <Select
        w={150}
        aria-label={named(t('selector.by'))}
        data={(['ColumnNames', 'ColumnIndexes', 'ColumnTypes', 'Kinds', 'AllColumns'] as const).map(
          (each) => ({ value: each, label: t(`selector.shapes.${each}`) }),
        )}
        allowDeselect={false}
        value={shape}
        onChange={(value) => onChange(emptyRule(value as Shape, rule.exclude))}
      />
      {(shape === 'ColumnNames' || shape === 'ColumnIndexes') && (
        <TagsInput
          className="st-rule-words"
          aria-label={named(t(`selector.shapes.${shape}`))}
          data={shape === 'ColumnNames' ? columns.slice(0, 500).map(({ Name }) => Name) : []}
          placeholder={shape === 'ColumnIndexes' ? '1-4,6' : undefined}
          splitChars={shape === 'ColumnIndexes' ? [] : [',']}
          value={rule.columns ?? []}
          onChange={(names) => onChange({ ...rule, columns: names })}
        />
      )}
      {shape === 'ColumnTypes' && (
        <MultiSelect
          className="st-rule-words"
          aria-label={named(t('selector.shapes.ColumnTypes'))}
          data={TYPES.map(word)}
          value={rule.columnTypes?.filter((each) => each !== 'All') ?? []}
          onChange={(columnTypes) => onChange({ ...rule, columnTypes })}
        />
      )}
      {shape === 'Kinds' && (
        <MultiSelect
          className="st-rule-words"
          aria-label={named(t('selector.shapes.Kinds'))}
          data={KINDS.map(word)}
          value={rule.columnKinds?.filter((each) => each !== 'All') ?? []}
          onChange={(columnKinds) =>
            onChange({ ...rule, columnKinds: columnKinds.length ? columnKinds : ['All'] })
          }
        />
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={named(t('base:delete'))}
        onClick={onRemove}
      >
        <Trash2 size={15} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function shapeOf({ ruleType, columnTypes }: Rule): Shape {
  if (ruleType !== 'ColumnTypes') return ruleType;
  return columnTypes?.length === 1 && columnTypes[0] === 'All' ? 'Kinds' : 'ColumnTypes';
}

function emptyRule(shape: Shape, exclude: boolean): Rule {
  switch (shape) {
    case 'AllColumns':
      return { ruleType: shape, exclude };
    case 'ColumnTypes':
      return { ruleType: shape, columnTypes: [], columnKinds: ['All'], exclude };
    case 'Kinds':
      return { ruleType: 'ColumnTypes', columnTypes: ['All'], columnKinds: ['Feature'], exclude };
    default:
      return { ruleType: shape, columns: [], exclude };
  }
}
