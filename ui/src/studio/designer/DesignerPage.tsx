import { useSuspenseQueries, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import './designer.css';
import { experimentQuery, modulesQuery, savedQuery, useBase } from '../data/queries.ts';
import { Editor } from './Editor.tsx';
import type { Shelf } from './ports.ts';

/** Where experiments are drawn; a draft that begins behind a run keeps the page. */
export function DesignerPage({ id }: { id: string }) {
  const [, go] = useLocation();
  const [held, hold] = useState({ key: id, ids: [id] });
  const known = held.ids.includes(id);
  if (!known) hold({ key: id, ids: [id] });
  return (
    <Loaded
      key={known ? held.key : id}
      id={known ? held.key : id}
      onMoved={(next) => {
        hold((before) => ({ ...before, ids: [...before.ids, next] }));
        go(`/experiments/${next}`, { replace: true });
      }}
    />
  );
}

function Loaded({ id, onMoved }: { id: string; onMoved: (id: string) => void }) {
  const { api } = useBase();
  const { data } = useSuspenseQuery({
    ...experimentQuery(api, id, 'designer'),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  // As it was when the page began: what is newer is on the canvas.
  const [experiment] = useState(data);
  const [modules, ...saved] = useSuspenseQueries({
    queries: [
      modulesQuery(api),
      savedQuery(api, 'datasources'),
      savedQuery(api, 'trainedmodels'),
      savedQuery(api, 'transformmodules'),
    ],
  });
  const [datasets, models, transforms] = saved.map(({ data }) => data);
  const shelf = useMemo<Shelf>(
    () => ({
      modules: new Map(modules.data.map((each) => [each.Id, each])),
      saved: new Map([...datasets!, ...models!, ...transforms!].map((each) => [each.Id, each])),
    }),
    [modules.data, datasets, models, transforms],
  );
  return (
    <Editor
      experiment={experiment}
      shelf={shelf}
      datasets={datasets!}
      models={models!}
      transforms={transforms!}
      onMoved={onMoved}
    />
  );
}
