import { ViewportPortal } from '@xyflow/react';
import { useCallback, useRef, useState } from 'react';
import { type Box, type Guide, guidesOf } from './guides.ts';
import type { ItemNode } from './ModuleNode.tsx';

/** What to tell of boxes that are dragged, and the lines to draw meanwhile. */
export function useGuides(all: readonly ItemNode[]) {
  const [guides, setGuides] = useState<readonly Guide[]>(NONE);
  const latest = useRef(all);
  latest.current = all;
  const drag = useCallback((_event: unknown, node: ItemNode, moved: ItemNode[]) => {
    const along = new Set(moved.map(({ id }) => id));
    const others = latest.current.filter(({ id }) => !along.has(id));
    const found = guidesOf(boxOf(node), others.map(boxOf));
    // Nothing to draw, as mostly, is nothing to draw again.
    setGuides(found.length ? found : NONE);
  }, []);
  const drop = useCallback(() => setGuides(NONE), []);
  return { guides, drag, drop };
}
const NONE: readonly Guide[] = [];

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
