import { useQuery } from '@tanstack/react-query';
import { datasetQuery } from '../data/queries.ts';
import type { Column } from '../data/types.ts';
import { outputQuery } from '../visualize/output.ts';
import { type Canvas, itemOf } from './canvas.ts';
import { portsOf } from './ports.ts';
import type { Editor } from './useEditor.ts';

const NONE: Column[] = [];
type Source = { dataset: string } | { node: string; port: string } | null;

/** Columns that come in on a port: of a dataset, of the last run, or of what is above. */
export function useColumns(editor: Editor, id: string, port: string): Column[] {
  const source = sourceOf(editor, editor.held.canvas, id, port, new Set());
  const ran = source && 'node' in source ? source : null;
  const { data } = useQuery({
    ...outputQuery(editor.api, editor.ran?.id ?? '', ran?.node ?? '', ran?.port ?? ''),
    enabled: ran !== null,
  });
  const dataset = source && 'dataset' in source ? source.dataset : null;
  const whole = useQuery({
    ...datasetQuery(editor.api, dataset ?? ''),
    enabled: dataset !== null,
    staleTime: 600_000,
  });
  return (dataset ? whole.data?.Columns : data?.Columns) ?? NONE;
}

function sourceOf(
  editor: Editor,
  canvas: Canvas,
  id: string,
  port: string,
  seen: Set<string>,
): Source {
  if (seen.has(id)) return null;
  seen.add(id);
  const wire = canvas.wires.find(
    ({ from, to }) => to.id === id && to.port === port && itemOf(canvas, from.id)?.kind !== 'input',
  );
  const above = wire && itemOf(canvas, wire.from.id);
  if (!above) return null;
  if (above.kind === 'saved') return above.saved === 'datasources' ? { dataset: above.of } : null;
  const output = editor.nodes
    .get(above.id)
    ?.Outputs.find(({ Name, Type }) => Name === wire.from.port && Type === 'DataTable');
  if (output) return { node: above.id, port: output.Name };
  // Not run yet: most modules hand on what comes in.
  const first = portsOf(above, editor.shelf).inputs.find(({ Type }) => Type === 'DataTable');
  return first ? sourceOf(editor, canvas, above.id, first.Name, seen) : null;
}
