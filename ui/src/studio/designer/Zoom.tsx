import { ActionIcon, Tooltip } from '@mantine/core';
import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { type LucideIcon, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { percent } from '../../base/format.ts';

export const FIT = { minZoom: 0.03, maxZoom: 1, padding: 0.15 };

/** How near one is to the canvas, and steps from there. */
export function Zoom() {
  const { t } = useTranslation('studio');
  const flow = useReactFlow();
  const zoom = percent(useStore(({ transform }) => Math.round(100 * transform[2]) / 100));
  return (
    <Panel position="bottom-left" className="st-zoom" role="group" aria-label={t('designer.zoom')}>
      <Step icon={ZoomOut} label={t('designer.zoomOut')} act={() => void flow.zoomOut()} />
      <Tooltip label={t('designer.zoomFull')}>
        <button
          type="button"
          className="st-zoom-now app-numbers"
          aria-label={t('designer.zoomNow', { zoom })}
          onClick={() => void flow.zoomTo(1)}
        >
          {zoom}
        </button>
      </Tooltip>
      <Step icon={ZoomIn} label={t('designer.zoomIn')} act={() => void flow.zoomIn()} />
      <Step icon={Maximize} label={t('designer.fit')} act={() => void flow.fitView(FIT)} />
    </Panel>
  );
}

function Step({ icon: Icon, label, act }: { icon: LucideIcon; label: string; act: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} onClick={act}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
