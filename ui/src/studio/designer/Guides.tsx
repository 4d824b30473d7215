import { ViewportPortal } from '@xyflow/react';
import { useCallback, useState } from 'react';
import { type Box, type Guide, guidesOf } from './guides.ts';
import type { ItemNode } from './ModuleNode.tsx';

/** What to tell of boxes that are dragged, and the lines to draw meanwhile. */
export function useGuides(all: readonly ItemNode[]) {
  const [guides, setGuides] = useState<readonly Guide[]>([]);
  const drag = useCallback(
    (_event: unknown, node: ItemNode, moved: ItemNode[]) => {
      const along = new Set(moved.map(({ id }) => id));
      setGuides(guidesOf(boxOf(node), all.filter(({ id }) => !along.has(id)).map(boxOf)));
    },
    [all],
  );
  const drop = useCallback(() => setGuides([]), []);
  return { guides, drag, drop };
}

export function Guides({ guides }: { guides: readonly Guide[] }) {
  return (
    <ViewportPortal>
      {guides.map(({ way, at, from, to }) => (
        <div
          key={way}
          className="st-guide"
          data-way={way}
          style={
            way === 'down'
              ? { transform: `translate(${at}px, ${from}px)`, height: to - from }
              : { transform: `translate(${from}px, ${at}px)`, width: to - from }
          }
        />
      ))}
    </ViewportPortal>
  );
}

function boxOf({ position: { x, y }, measured }: ItemNode): Box {
  return { x, y, width: measured?.width ?? 220, height: measured?.height ?? 44 };
}
