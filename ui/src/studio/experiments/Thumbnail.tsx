import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { experimentQuery, useBase } from '../data/queries.ts';
import type { Experiment } from '../data/types.ts';
import { readCanvas } from '../designer/document.ts';

const WIDTH = 96;
const HEIGHT = 60;

/** A graph so small that only its shape is seen. */
export function Thumbnail({ id, etag }: { id: string; etag: string }) {
  const { api } = useBase();
  const { data } = useQuery({ ...experimentQuery(api, id, etag), staleTime: Infinity });
  if (!data) return <Skeleton w={WIDTH} h={HEIGHT} />;
  return <Shape of={data} />;
}

function Shape({ of }: { of: Experiment }) {
  const canvas = readCanvas(of);
  const states = new Map(of.NodeStatuses.map((each) => [each.NodeId, each.Status.StatusCode]));
  const places = canvas.items.map(({ id }) => canvas.places[id] ?? { x: 0, y: 0 });
  const left = Math.min(...places.map(({ x }) => x));
  const top = Math.min(...places.map(({ y }) => y));
  const wide = Math.max(1, Math.max(...places.map(({ x }) => x)) - left);
  const high = Math.max(1, Math.max(...places.map(({ y }) => y)) - top);
  const scale = Math.min((WIDTH - 28) / wide, (HEIGHT - 14) / high, 0.2);
  const at = (id: string) => {
    const { x, y } = canvas.places[id] ?? { x: 0, y: 0 };
    return {
      x: (x - left) * scale + (WIDTH - wide * scale) / 2,
      y: (y - top) * scale + (HEIGHT - high * scale) / 2,
    };
  };
  return (
    <svg className="st-thumbnail" width={WIDTH} height={HEIGHT} aria-hidden="true">
      {canvas.wires.map(({ from, to }) => {
        const [start, end] = [at(from.id), at(to.id)];
        return (
          <line
            key={`${from.id}:${from.port}>${to.id}:${to.port}`}
            x1={start.x}
            y1={start.y}
            x2={end.x}
            y2={end.y}
          />
        );
      })}
      {canvas.items.map(({ id, kind }) => {
        const { x, y } = at(id);
        return (
          <rect
            key={id}
            x={x - 10}
            y={y - 3}
            width={20}
            height={6}
            rx={2}
            data-kind={kind}
            data-state={states.get(id)}
          />
        );
      })}
    </svg>
  );
}
