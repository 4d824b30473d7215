import { Button, Group, Skeleton, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../../base/Refusal.tsx';
import { Lines } from '../parts/Lines.tsx';
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
