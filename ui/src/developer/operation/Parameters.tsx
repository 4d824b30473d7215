import { Table, Text, Title } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Scroll } from '../../parts/Scroll.tsx';
import type { Parameter } from '../data.ts';

type Props = { title: string; parameters: Parameter[]; level?: 2 | 3 };

/** Names, types and meanings of parameters or headers. */
export function Parameters({ title, parameters, level = 2 }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const id = useId();
  if (!parameters.length) return null;
  return (
    <section aria-labelledby={id}>
      <Title order={level} id={id} mt="lg" mb={4}>
        {title}
      </Title>
      <Scroll label={title}>
        <Table aria-labelledby={id} role="table" className="app-stacks" layout="fixed">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              <Table.Th role="columnheader" w="36%">
                {t('base:name')}
              </Table.Th>
              <Table.Th role="columnheader" w="18%">
                {t('operation.type')}
              </Table.Th>
              <Table.Th role="columnheader">{t('operation.description')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {parameters.map((one) => (
              <Table.Tr key={one.name} role="row">
                <Table.Td role="cell">
                  <code className="app-code dev-strong">{one.name}</code>
                  <Necessity required={one.required} />
                </Table.Td>
                <Table.Td role="cell" data-label={t('operation.type')}>
                  <code className="app-code">{one.type || 'string'}</code>
                </Table.Td>
                <Table.Td role="cell" data-label={t('operation.description')}>
                  <About parameter={one} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </section>
  );
}

function About({ parameter: one }: { parameter: Parameter }) {
  const { t } = useTranslation('developer');
  return (
    <div>
      {one.description}
      {one.defaultValue !== null && (
        <Text size="sm" c="dimmed">
          {t('operation.default')} <code className="app-code dev-wrap">{one.defaultValue}</code>
        </Text>
      )}
      {one.values.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('operation.oneOf')} <code className="app-code">{one.values.join(' | ')}</code>
        </Text>
      )}
    </div>
  );
}

export function Necessity({ required }: { required: boolean }) {
  const { t } = useTranslation('base');
  if (!required) return null;
  return <span className="dev-required">{t('required')}</span>;
}
