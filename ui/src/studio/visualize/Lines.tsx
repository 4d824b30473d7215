import { Table, Title } from '@mantine/core';
import { Scroll } from '../../parts/Scroll.tsx';
import { useTelling } from '../data/useTelling.ts';
import { figure } from '../parts/figure.ts';

export type Figures = Record<string, number | string | null>;

/** Figures as the server gives them, a line for each. */
export function Lines({
  label,
  lines,
  heads,
}: {
  label: string;
  lines: Figures[];
  heads?: string[];
}) {
  const tell = useTelling();
  const names = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  return (
    <>
      <Title order={3} mt="md">
        {label}
      </Title>
      <Scroll label={label}>
        <Table fz="sm" className="app-numbers" verticalSpacing={4} aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {heads && <Table.Td />}
              {names.map((name) => (
                <Table.Th key={name} ta="right">
                  {tell.of('figures', name)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have a place and nothing else
              <Table.Tr key={at}>
                {heads && (
                  <Table.Th scope="row" className="st-whole">
                    {heads[at]}
                  </Table.Th>
                )}
                {names.map((name) => (
                  <Table.Td key={name} ta="right" className="st-whole">
                    {typeof line[name] === 'number'
                      ? figure(line[name])
                      : tell.of('figures', line[name] ?? '–')}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </>
  );
}
