import { useSuspenseQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { Column, PortType } from '../data/types.ts';

export type OutputFacts = {
  Type: PortType;
  RowCount: number | null;
  Size: number;
  Columns: Column[];
  Report: { kind?: string; datasets?: object[] } | null;
  Images?: string[];
  Text?: string;
  Family?: string;
  Settings?: Record<string, string | null>;
  IsTrained?: boolean;
  Label?: string | null;
  TrainedOn?: Column[];
};

export function outputPath(api: string, id: string, node: string, port: string): string {
  return `${api}/experiments/${id}/outputs/${encodeURIComponent(node)}/${encodeURIComponent(port)}`;
}

export function useOutput(api: string, id: string, node: string, port: string) {
  return useSuspenseQuery(outputQuery(api, id, node, port));
}

export function outputQuery(api: string, id: string, node: string, port: string) {
  const path = outputPath(api, id, node, port);
  return {
    queryKey: ['output', path],
    queryFn: () => get<OutputFacts>(path),
    staleTime: 600_000,
  };
}
