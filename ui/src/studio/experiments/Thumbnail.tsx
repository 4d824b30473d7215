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
  const [wideBox, highBox] = [within(3, 220 * scale, 20), within(2, 44 * scale, 6)];
  // One path for all boxes that look the same: a page of lists stays light.
  const boxes = new Map<string, string>();
  for (const { id, kind } of canvas.items) {
    const look = kind === 'saved' ? kind : (states.get(id) ?? '');
    const { x, y } = at(id);
    const corner = `${round(x - wideBox / 2)} ${round(y - highBox / 2)}`;
    const box = `M${corner}h${round(wideBox)}v${round(highBox)}h-${round(wideBox)}z`;
    boxes.set(look, (boxes.get(look) ?? '') + box);
  }
  const wires = canvas.wires.map(({ from, to }) => {
    const [start, end] = [at(from.id), at(to.id)];
    return `M${round(start.x)} ${round(start.y)}L${round(end.x)} ${round(end.y)}`;
  });
  return (
    <svg className="st-thumbnail" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path className="st-thin" d={wires.join('')} />
      {[...boxes].map(([look, path]) => (
        <path key={look} d={path} data-look={look} />
      ))}
    </svg>
  );
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
