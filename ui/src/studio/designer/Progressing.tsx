import { Button, Group, Progress, Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { Square } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { seconds } from '../../base/format.ts';
import { toast } from '../../base/toast.tsx';
import { isoOf } from '../data/moment.ts';
import { nameOf } from './ports.ts';
import type { Editor } from './useEditor.ts';

/** How far a run is, while it goes on. */
export function Progressing({ editor }: { editor: Editor }) {
  const { t } = useTranslation(['studio', 'base']);
  const [now, setNow] = useState(Date.now());
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const [asked, setAsked] = useState<string | null>(null);
  const { ran, running, shelf, held } = editor;
  if (!running || !ran) return null;
  const all = [...ran.nodes.values()].filter(({ Status }) => Status.StatusCode !== 'InDraft');
  const total = all.length || held.canvas.items.filter(({ kind }) => kind === 'module').length;
  const done = all.filter(
    ({ Status }) => !['Queued', 'Running'].includes(Status.StatusCode),
  ).length;
  const busy = all.filter(({ Status }) => Status.StatusCode === 'Running');
  const names = busy
    .map(({ NodeId }) => held.canvas.items.find(({ id }) => id === NodeId))
    .map((item) => (item ? nameOf(item, shelf) : ''))
    .filter(Boolean);
  const began = isoOf(ran.status?.StartTime);
  const cancel = async () => {
    setAsked(ran.id);
    try {
      await post(`${editor.api}/experiments/${ran.id}/cancel`, {});
    } catch (error) {
      setAsked(null);
      toast.failed(error);
    }
  };
  return (
    <div className="st-progress">
      <Progress
        value={total ? (100 * done) / total : 0}
        size="sm"
        animated
        aria-label={t('designer.progress')}
      />
      <Group gap="sm" justify="space-between" wrap="nowrap">
        <Text size="sm" role="status">
          {t('designer.done', { done, count: total })}
          {began && ` · ${seconds(Math.max(0, Math.round((now - Date.parse(began)) / 1000)))}`}
          {names.length > 0 && ` · ${names.join(', ')}`}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Square size={13} aria-hidden />}
          disabled={!editor.mayEdit}
          loading={asked === ran.id}
          onClick={() => void cancel()}
        >
          {t('designer.cancel')}
        </Button>
      </Group>
    </div>
  );
}
