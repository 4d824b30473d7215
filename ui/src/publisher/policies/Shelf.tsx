import { Badge, Button, Group, Table, Text, type TextProps, UnstyledButton } from '@mantine/core';
import { ArrowLeft, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeView } from '../../parts/CodeView.tsx';
import { Search } from '../../parts/Search.tsx';
import { type Kind, offered, type PolicyElement } from './elements.ts';
import { said } from './words.ts';

type Props = {
  elements: readonly PolicyElement[];
  kind: Kind;
  onInsert?: (element: PolicyElement) => void;
};

/** Every policy there is: what it does, its attributes, and a piece to begin with. */
export function Shelf({ elements, kind, onInsert }: Props) {
  const { t } = useTranslation('publisher');
  const [search, setSearch] = useState('');
  const [name, setName] = useState<string | null>(null);
  const opened = elements.find((one) => one.name === name);
  if (opened)
    return (
      <aside className="pub-shelf" aria-label={t('policies.shelf')}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<ArrowLeft size={14} aria-hidden />}
          onClick={() => setName(null)}
        >
          {t('policies.all')}
        </Button>
        <Element element={opened} onInsert={onInsert} />
      </aside>
    );
  const found = offered(elements, kind, search, (one) => said(one.summary).text);
  return (
    <aside className="pub-shelf" aria-label={t('policies.shelf')}>
      <Search label={t('policies.find')} value={search} onChange={setSearch} w="100%" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ul className="pub-elements" tabIndex={0} aria-label={t('policies.shelf')}>
        {found.map((one) => (
          <li key={one.name}>
            <UnstyledButton onClick={() => setName(one.name)} className="pub-element">
              <code>{one.name}</code>
              <Sentence size="xs" c="dimmed" text={one.summary} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {!found.length && (
        <Text size="sm" c="dimmed">
          {t('policies.notFound')}
        </Text>
      )}
    </aside>
  );
}

function Element({
  element,
  onInsert,
}: {
  element: PolicyElement;
  onInsert?: (element: PolicyElement) => void;
}) {
  const { t } = useTranslation('publisher');
  return (
    <div>
      <Group justify="space-between" mt="xs" wrap="nowrap">
        <Text fw={600} ff="monospace" size="sm">
          {element.name}
        </Text>
        {onInsert && (
          <Button
            size="compact-sm"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => onInsert(element)}
          >
            {t('policies.insert')}
          </Button>
        )}
      </Group>
      <Sentence size="sm" mt="xs" text={element.summary} />
      {element.example && (
        <div className="app-panel pub-example" lang="en">
          <CodeView code={element.example} language="xml" label={t('policies.example')} />
        </div>
      )}
      {element.description.split('\n\n').map((one) => (
        <Sentence size="sm" mt="xs" key={one} text={one} />
      ))}
      <Group gap={4} mt="sm">
        {element.sections.map((one) => (
          <Badge key={one} color="gray">
            {one}
          </Badge>
        ))}
        {element.once && <Badge color="gray">{t('policies.once')}</Badge>}
      </Group>
      {element.attributes.length > 0 && (
        <Table fz="xs" mt="sm" verticalSpacing={4} horizontalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('policies.attribute')}</Table.Th>
              <Table.Th>{t('operation.description')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {element.attributes.map((one) => (
              <Table.Tr key={one.name}>
                <Table.Td>
                  <code>{one.name}</code>
                  {one.required && (
                    <Text size="xs" c="danger">
                      {t('operation.required')}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Sentence fz="inherit" text={one.description} />
                  {one.default !== null && (
                    <Text size="xs" c="dimmed">
                      {t('policies.default')} <code>{one.default}</code>
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}

/** A sentence of the shelf, marked with the language it is in. */
function Sentence({ text, ...looks }: { text: string } & TextProps) {
  const { text: words, lang } = said(text);
  return (
    <Text {...looks} lang={lang}>
      {words}
    </Text>
  );
}
