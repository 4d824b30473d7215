import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import './palette.css';
import './designer.css';
import { experimentQuery, useBase } from '../data/queries.ts';
import { Editor } from './Editor.tsx';

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
  return <Editor experiment={experiment} onMoved={onMoved} />;
}
