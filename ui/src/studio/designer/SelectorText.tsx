import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Rule, readSelector } from './selector.ts';

/** What a column selector says, in words. */
export function SelectorText({ value }: { value: string }) {
  const { t } = useTranslation('studio');
  const { rules } = readSelector(value);
  const said = (rule: Rule) => {
    const what = {
      AllColumns: () => t('selector.all'),
      ColumnNames: () => t('selector.names', { list: (rule.columns ?? []).join(', ') }),
      ColumnIndexes: () => t('selector.indexes', { list: (rule.columns ?? []).join(', ') }),
      ColumnTypes: () =>
        t('selector.types', {
          list: [...(rule.columnKinds ?? []), ...(rule.columnTypes ?? [])]
            .filter((each) => each !== 'All' && each !== 'AllTypes')
            .map((each) => t(`selector.words.${each as 'Label'}`))
            .join(', '),
        }),
    }[rule.ruleType]();
    return rule.exclude ? t('selector.without', { what }) : what;
  };
  return (
    <Text size="xs" className="st-selected">
      {rules.length ? rules.map(said).join('; ') : t('selector.nothing')}
    </Text>
  );
}
