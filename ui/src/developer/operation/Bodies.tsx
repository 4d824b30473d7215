import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodePanel } from '../../parts/CodePanel.tsx';
import type { Representation } from '../data.ts';
import { written } from './form.ts';
import { SchemaView } from './SchemaView.tsx';

type Props = { representations: Representation[]; label: string };

/** A body in each content type: its schema and an example. */
export function Bodies({ representations, label }: Props) {
  const { t } = useTranslation('developer');
  const [chosen, setChosen] = useState(0);
  const body = representations[chosen] ?? representations[0];
  if (!body) return null;
  const example = written(body.example);
  const language = /xml/.test(body.contentType)
    ? ('xml' as const)
    : /json/.test(body.contentType)
      ? ('json' as const)
      : ('text' as const);
  return (
    <div className="dev-body">
      {representations.length > 1 ? (
        <Select
          w={260}
          mb="xs"
          size="xs"
          label={t('operation.contentType')}
          allowDeselect={false}
          value={String(chosen)}
          data={representations.map(({ contentType }, at) => ({
            value: String(at),
            label: contentType,
          }))}
          onChange={(at) => setChosen(Number(at))}
        />
      ) : (
        <Text size="sm" c="dimmed" mb="xs">
          <code className="app-code">{body.contentType}</code>
        </Text>
      )}
      {body.schema && <SchemaView schema={body.schema} />}
      {example && (
        <CodePanel
          label={`${label}: ${t('operation.example')}`}
          samples={[{ title: t('operation.example'), language, code: example }]}
        />
      )}
    </div>
  );
}
