import '@mantine/core/styles/Slider.layer.css';
import { SegmentedControl, Slider, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { number, percent } from '../../base/format.ts';
import { Chart } from '../../parts/Chart.tsx';
import { Scroll } from '../../parts/Scroll.tsx';
import { figure } from '../parts/figure.ts';
import { Compared } from './Compared.tsx';
import { CURVES, Curves } from './Curves.tsx';
import { type Figures, Lines } from './Lines.tsx';

type Curve = { columns: string[]; points: number[][] };
export type Evaluated = {
  figures: Figures[];
  roc?: Curve;
  precision_recall?: Curve;
  lift?: Curve;
  thresholds?: Record<string, number | null>[];
  score_bins?: Figures[];
  positive_label?: string;
  negative_label?: string;
  classes?: string[];
  confusion_matrix?: number[][];
  error_histogram?: { edges: number[]; counts: number[] };
};
export type Report = { kind: string; datasets: Evaluated[] };

/** How good a model is: curves, a confusion matrix, residuals, figures. */
export function Evaluation({ report }: { report: Report }) {
  const { t } = useTranslation('studio');
  const sides = report.datasets;
  const name = (at: number) => t(at === 0 ? 'evaluation.scored' : 'evaluation.compared');
  const curves = CURVES.filter((curve) => sides.some((side) => side[curve]));
  const [shown, show] = useState<(typeof CURVES)[number]>('roc');
  const curve = curves.includes(shown) ? shown : curves[0];
  return (
    <div className="st-evaluation">
      {curve && (
        <section>
          <SegmentedControl
            aria-label={t('evaluation.curve')}
            className="st-curves"
            mb="sm"
            data={curves.map((each) => ({ value: each, label: t(`evaluation.curves.${each}`) }))}
            value={curve}
            onChange={(next) => show(next as 'roc')}
          />
          <div className="st-curve">
            <Curves kind={curve} sides={sides} name={name} />
          </div>
        </section>
      )}
      {sides.length > 1 && <Compared sides={sides} name={name} />}
      {sides.map((side, at) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: the left one is the left one
          key={at}
        >
          {sides.length > 1 && <Title order={2}>{name(at)}</Title>}
          {side.thresholds && <Threshold side={side} />}
          {side.confusion_matrix && side.classes && (
            <Confusion classes={side.classes} matrix={side.confusion_matrix} />
          )}
          {side.error_histogram && (
            <>
              <Title order={3}>{t('evaluation.errors')}</Title>
              <Chart
                label={t('evaluation.errors')}
                kind="bar"
                categories={side.error_histogram.counts.map(
                  (_, place) =>
                    `${figure(side.error_histogram!.edges[place]!, 3)} – ${figure(side.error_histogram!.edges[place + 1]!, 3)}`,
                )}
                brief={side.error_histogram.counts.map((_, place) =>
                  figure(side.error_histogram!.edges[place]!, 3),
                )}
                series={[
                  {
                    name: t('visualize.count'),
                    tone: 'accent',
                    values: side.error_histogram.counts,
                  },
                ]}
                format={(value) => number(value)}
                touching={t('test.value')}
              />
            </>
          )}
          {side.score_bins && <Lines label={t('evaluation.bins')} lines={side.score_bins} />}
          {sides.length === 1 && <Lines label={t('evaluation.figures')} lines={side.figures} />}
        </section>
      ))}
    </div>
  );
}

function Threshold({ side }: { side: Evaluated }) {
  const { t } = useTranslation('studio');
  const steps = side.thresholds!;
  const [at, setAt] = useState(Math.round((steps.length - 1) / 2));
  const row = steps[at]!;
  const cell = (name: string) => number(row[name] ?? 0);
  const share = (name: string) => (row[name] == null ? '–' : number(row[name], 3));
  return (
    <div className="st-threshold">
      <div>
        <Text size="sm" fw={500} mb={6}>
          {t('evaluation.threshold', { value: number(row.Threshold ?? 0, 2) })}
        </Text>
        <Slider
          thumbLabel={t('evaluation.threshold', { value: number(row.Threshold ?? 0, 2) })}
          min={0}
          max={steps.length - 1}
          value={at}
          onChange={setAt}
          label={null}
        />
        <Table mt="sm" fz="sm" className="app-numbers" aria-label={t('evaluation.figures')}>
          <Table.Tbody>
            {['Accuracy', 'Precision', 'Recall', 'F-Score'].map((name) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={500}>
                  {t(`evaluation.names.${name as 'Recall'}`)}
                </Table.Th>
                <Table.Td ta="right">{share(name)}</Table.Td>
              </Table.Tr>
            ))}
            {typeof side.figures[0]?.AUC === 'number' && (
              <Table.Tr>
                <Table.Th scope="row" fw={500}>
                  AUC
                </Table.Th>
                <Table.Td ta="right">{number(side.figures[0].AUC, 3)}</Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      </div>
      <Table fz="sm" className="app-numbers st-confusion" aria-label={t('evaluation.confusion')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('evaluation.trueClass')}</Table.Th>
            <Table.Th>{t('evaluation.told', { name: side.positive_label })}</Table.Th>
            <Table.Th>{t('evaluation.told', { name: side.negative_label })}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">{side.positive_label}</Table.Th>
            <Table.Td data-hit>
              <b>{cell('True Positive')}</b>
              <small>{t('evaluation.names.True Positive')}</small>
            </Table.Td>
            <Table.Td>
              <b>{cell('False Negative')}</b>
              <small>{t('evaluation.names.False Negative')}</small>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">{side.negative_label}</Table.Th>
            <Table.Td>
              <b>{cell('False Positive')}</b>
              <small>{t('evaluation.names.False Positive')}</small>
            </Table.Td>
            <Table.Td data-hit>
              <b>{cell('True Negative')}</b>
              <small>{t('evaluation.names.True Negative')}</small>
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Confusion({ classes, matrix }: { classes: string[]; matrix: number[][] }) {
  const { t } = useTranslation('studio');
  return (
    <>
      <Title order={3}>{t('evaluation.confusion')}</Title>
      <Scroll label={t('evaluation.confusion')}>
        <table className="st-matrix">
          <thead>
            <tr>
              <th scope="col">{t('evaluation.trueClass')}</th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, at) => {
              const total = row.reduce((sum, count) => sum + count, 0) || 1;
              return (
                <tr key={classes[at]}>
                  <th scope="row">{classes[at]}</th>
                  {row.map((count, place) => (
                    <td
                      key={classes[place]}
                      data-hit={place === at || undefined}
                      style={{ '--share': `${Math.round((100 * count) / total)}%` } as object}
                    >
                      <b>{number(count)}</b> <small>{percent(count / total)}</small>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
