import { Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../../base/Refusal.tsx';
import { compare } from '../policies/compare.ts';
import { policyPath } from '../policies/scope.ts';
import { at, useMaybeEntity, useRead } from '../rest/management.ts';

type Props = { before: string; after: string; names: [string, string]; onClose: () => void };

/** How two revisions differ: in their operations, and in the policy of the API. */
export function Difference({ before, after, names, onClose }: Props) {
  const { t } = useTranslation(['publisher', 'base']);
  const query = { export: true, format: 'openapi' };
  const old = useRead<{ value: string }>(at`/apis/${before}`, query);
  const now = useRead<{ value: string }>(at`/apis/${after}`, query);
  const raw = { format: 'rawxml' };
  const policyOld = useMaybeEntity<{ value: string }>(policyPath(`apis/${before}`), raw);
  const policyNow = useMaybeEntity<{ value: string }>(policyPath(`apis/${after}`), raw);
  return (
    <section aria-label={t('revisions.compare')}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>
          {names[0]} → {names[1]}
        </Title>
        <Button size="xs" variant="default" onClick={onClose}>
          {t('base:close')}
        </Button>
      </Group>
      <Refusal error={old.error ?? now.error} />
      <Title order={3}>{t('revisions.document')}</Title>
      {old.data && now.data ? (
        <Lines before={old.data.value} after={now.data.value} label={t('revisions.document')} />
      ) : (
        <Skeleton h={160} />
      )}
      <Title order={3} mt="md">
        {t('revisions.policy')}
      </Title>
      <Lines
        before={policyOld?.properties.value ?? ''}
        after={policyNow?.properties.value ?? ''}
        label={t('revisions.policy')}
      />
    </section>
  );
}

const AROUND = 3;

function Lines({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useTranslation('publisher');
  const lines = compare(before, after);
  const changed = lines.flatMap((one, at) => (one.kind === 'same' ? [] : [at]));
  if (!changed.length)
    return (
      <Text size="sm" c="dimmed">
        {t('revisions.same')}
      </Text>
    );
  const near = (at: number) => changed.some((one) => Math.abs(one - at) <= AROUND);
  const marks = { same: ' ', gone: '−', new: '+' };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="pub-diff" tabIndex={0} aria-label={label}>
      {lines.map((one, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        if (!near(at)) return near(at - 1) ? <div key={`gap${at}`}>⋯</div> : null;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
          <div key={at} data-kind={one.kind}>
            <span>{one.old ?? one.now}</span>
            <span aria-hidden>{marks[one.kind]}</span>
            {one.kind !== 'same' && (
              <span className="app-hidden">{t(`revisions.lines.${one.kind}`)}</span>
            )}
            <code>{one.text}</code>
          </div>
        );
      })}
    </section>
  );
}
