import { Table, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Scroll } from '../../parts/Scroll.tsx';
import { useTelling } from '../data/useTelling.ts';
import { figure } from '../parts/figure.ts';
import type { Evaluated } from './Evaluation.tsx';
import { Lines } from './Lines.tsx';

/** Of most figures more is better; of these less is, and of some neither. */
const LESS = /error|loss|false|likelihood|distance/i;
const NEITHER = /^threshold$|number of points|^training log loss$/i;

/** Two results beside each other, a line for each figure; the better one stands out. */
export function Compared({ sides, name }: { sides: Evaluated[]; name: (at: number) => string }) {
  const { t } = useTranslation('studio');
  const tell = useTelling();
  const label = t('evaluation.figures');
  const [first, second] = sides.map(({ figures }) => figures[0]);
  if (!first || !second || sides.some(({ figures }) => figures.length > 1))
    return (
      <Lines
        label={label}
        lines={sides.flatMap(({ figures }) => figures)}
        heads={sides.flatMap(({ figures }, at) => figures.map(() => name(at)))}
      />
    );
  const names = Object.keys({ ...first, ...second });
  return (
    <section>
      <Title order={2} mb="xs">
        {label}
      </Title>
      <Scroll label={label}>
        <Table
          fz="sm"
          className="app-numbers st-compared"
          verticalSpacing={5}
          aria-label={label}
          w="auto"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              <Table.Th ta="right">{name(0)}</Table.Th>
              <Table.Th ta="right">{name(1)}</Table.Th>
              <Table.Th ta="right">{t('evaluation.difference')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {names.map((each) => {
              const better = betterOf(each, first[each], second[each]);
              return (
                <Table.Tr key={each}>
                  <Table.Th scope="row" fw={500}>
                    {tell.of('figures', each)}
                  </Table.Th>
                  {[first[each], second[each]].map((value, at) => (
                    <Table.Td
                      // biome-ignore lint/suspicious/noArrayIndexKey: the left one is the left one
                      key={at}
                      ta="right"
                      data-better={better === at || undefined}
                    >
                      {told(value)}
                      {better === at && (
                        <span className="app-hidden"> ({t('evaluation.better')})</span>
                      )}
                    </Table.Td>
                  ))}
                  <Table.Td ta="right">{apart(first[each], second[each])}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Scroll>
    </section>
  );
}

type Value = number | string | null | undefined;

function told(value: Value): string {
  return typeof value === 'number' ? figure(value) : (value ?? '–');
}

function apart(one: Value, other: Value): string {
  if (typeof one !== 'number' || typeof other !== 'number') return '';
  const difference = other - one;
  return difference === 0 ? '0' : `${difference > 0 ? '+' : '−'}${figure(Math.abs(difference), 3)}`;
}

/** 0 for the left one, 1 for the right one. */
function betterOf(name: string, one: Value, other: Value): number | null {
  if (typeof one !== 'number' || typeof other !== 'number') return null;
  if (one === other || NEITHER.test(name)) return null;
  return other > one !== LESS.test(name) ? 1 : 0;
}
