import { Badge, Group, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { milliseconds } from '../../base/format.ts';
import { CodeView } from '../../parts/CodeView.tsx';
import { type Changed, outcomeOf, type Step, stepsOf, type Trace } from './trace.ts';

const COLOURS = { went: 'ok', answered: 'warn', failed: 'danger', noted: 'gray' };

/** What the call went through, policy by policy. */
export function Timeline({ trace }: { trace: Trace }) {
  const { t } = useTranslation('publisher');
  const steps = stepsOf(trace);
  const end = Math.max(1, ...steps.map((one) => one.at + (one.took ?? 0)));
  const sections = [...new Set(steps.map((one) => one.section))];
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {t('trace.id')} <code>{trace.traceId}</code> · {milliseconds(end)}
      </Text>
      {sections.map((section) => (
        <section key={section} className="pub-section" aria-label={section}>
          <Title order={3}>
            <code>{section}</code>
          </Title>
          <ol className="pub-trace">
            {steps
              .filter((one) => one.section === section)
              .map((one, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
                <li key={index}>
                  <StepRow step={one} end={end} />
                </li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function StepRow({ step, end }: { step: Step; end: number }) {
  const { t } = useTranslation('publisher');
  const outcome = outcomeOf(step);
  const details = Object.keys(step.data).filter((name) => name !== 'path');
  const width = Math.max(0.6, (100 * (step.took ?? 0)) / end);
  return (
    <details>
      <summary>
        <Group gap={8} wrap="wrap" component="span" display="inline-flex" className="pub-step">
          <code className="pub-source">{step.source}</code>
          {step.scope && (
            <Badge color="gray" size="sm">
              {t(`policies.scopes.${step.scope}` as 'policies.scopes.api')}
            </Badge>
          )}
          <Badge color={COLOURS[outcome]} size="sm">
            {t(`trace.outcomes.${outcome}`)}
          </Badge>
          {step.variables.length > 0 && (
            <Badge color="accent" size="sm">
              {t('trace.variables', { count: step.variables.length })}
            </Badge>
          )}
          <span className="pub-bar" aria-hidden>
            <span style={{ marginLeft: `${(100 * step.at) / end}%`, width: `${width}%` }} />
          </span>
          <Text size="xs" c="dimmed" component="span" className="pub-time">
            {step.took === null ? `+${milliseconds(step.at)}` : milliseconds(step.took)}
          </Text>
        </Group>
      </summary>
      <div className="pub-inside">
        {step.decision && outcome !== 'went' && <Text size="sm">{step.decision}</Text>}
        {step.variables.length > 0 && <Variables changed={step.variables} />}
        {details.length > 0 && (
          <div className="app-panel">
            <CodeView
              code={JSON.stringify(step.data, null, 2)}
              language="json"
              label={t('trace.details', { name: step.source })}
            />
          </div>
        )}
      </div>
    </details>
  );
}

function Variables({ changed }: { changed: Changed[] }) {
  const { t } = useTranslation(['publisher', 'base']);
  return (
    <Table fz="xs" verticalSpacing={3} mb="xs" aria-label={t('trace.changed')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('trace.variable')}</Table.Th>
          <Table.Th>{t('trace.before')}</Table.Th>
          <Table.Th>{t('trace.after')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changed.map(({ name, before, after }) => (
          <Table.Tr key={name}>
            <Table.Td>
              <code>{name}</code>
            </Table.Td>
            <Table.Td className="pub-wrap app-code">{before ?? '–'}</Table.Td>
            <Table.Td className="pub-wrap app-code">{after ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
