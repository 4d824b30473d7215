import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Editor } from './useEditor.ts';

/** What a module printed: live, or fetched when asked for. */
export function Logged({ editor, id }: { editor: Editor; id: string }) {
  const { t } = useTranslation('studio');
  const [opened, setOpened] = useState(editor.running);
  const live = editor.nodes.get(id)?.Log;
  const run = editor.ran?.id ?? '';
  const { data } = useQuery({
    queryKey: ['log', run, id],
    queryFn: () =>
      get<string>(`${editor.api}/experiments/${run}/nodes/${encodeURIComponent(id)}/log`),
    enabled: opened && live === undefined && Boolean(run),
  });
  const text = live ?? data ?? '';
  return (
    <details open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary className="st-summary">{t('designer.output')}</summary>
      <pre className="st-text">{text || t('designer.noOutput')}</pre>
    </details>
  );
}
