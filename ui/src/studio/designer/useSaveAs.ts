import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { toast } from '../../base/toast.tsx';
import { useForget } from '../data/queries.ts';
import type { ExperimentEntry } from '../data/types.ts';
import { contentOf } from './held.ts';
import type { Editor } from './useEditor.ts';

/** Makes a new experiment of what is on the canvas, and goes there. */
export function useSaveAs(editor: Editor): () => Promise<void> {
  const { t } = useTranslation('studio');
  const [, go] = useLocation();
  const forget = useForget();
  return async () => {
    try {
      const name = t('experiments.copyOf', { name: editor.held.name });
      const made = await post<ExperimentEntry>(`${editor.api}/experiments`, {
        ...contentOf({ ...editor.held, name }),
        IsDraft: true,
      });
      await forget('experiments');
      toast.done(t('designer.copied', { name }));
      go(`/experiments/${made.ExperimentId}`);
    } catch (error) {
      toast.failed(error);
    }
  };
}
