import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';

export type Property = {
  type?: string;
  format?: string;
  enum?: (string | number)[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
};
type Schema = {
  type?: string;
  properties?: Record<string, Property & { items?: { $ref: string } }>;
  required?: string[];
  example?: { Inputs?: Record<string, Record<string, unknown>[]>; GlobalParameters?: object };
};
export type Swagger = {
  info: { title: string; description: string };
  definitions: Record<string, Schema>;
};
export type PortShape = { name: string; columns: [name: string, property: Property][] };
export type Shape = {
  inputs: PortShape[];
  outputs: PortShape[];
  parameters: [name: string, property: Property][];
  example: Record<string, Record<string, unknown>[]>;
};

/** Where a page calls an endpoint: through the console, which adds the key. */
export function callsOf(services: string, service: string, endpoint: string): string {
  return `${services}/${service}/endpoints/${encodeURIComponent(endpoint)}/calls`;
}

export function useSwagger(services: string, service: string, endpoint: string) {
  const path = `${callsOf(services, service, endpoint)}/swagger.json`;
  return useQuery({
    queryKey: ['services', service, 'swagger', endpoint],
    queryFn: () => get<Swagger>(path),
  });
}

export function shapeOf({ definitions }: Swagger): Shape {
  const ports = (name: string): PortShape[] =>
    Object.entries(definitions[name]?.properties ?? {}).map(([port, list]) => {
      const item = definitions[list.items?.$ref.split('/').pop() ?? ''];
      return { name: port, columns: Object.entries(item?.properties ?? {}) };
    });
  return {
    inputs: ports('ExecutionInputs'),
    outputs: ports('ExecutionOutputs'),
    parameters: Object.entries(definitions.GlobalParameters?.properties ?? {}),
    example: definitions.ExecutionRequest?.example?.Inputs ?? {},
  };
}

/** `Int32` for people who read .NET, as the help pages of old wrote it. */
export function typeName({ type, format }: Property): string {
  if (type === 'integer') return format === 'int64' ? 'Int64' : 'Int32';
  if (type === 'number') return format === 'float' ? 'Single' : 'Double';
  return type === 'boolean' ? 'Boolean' : 'String';
}

const WHOLE = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What the service will not take for a number; an empty cell is a missing value. */
export function doubtful({ type }: Property, text: string): 'whole' | 'number' | null {
  const written = text.trim();
  if (!written) return null;
  if (type === 'integer') return WHOLE.test(written) ? null : 'whole';
  if (type === 'number') return NUMBER.test(written) ? null : 'number';
  return null;
}

export type Answer = {
  Results: Record<
    string,
    {
      type: string;
      value: { ColumnNames: string[]; ColumnTypes?: string[]; Values: (string | null)[][] };
    }
  >;
};

/** The body of a synchronous call. */
export function bodyOf(
  shape: Shape,
  cells: Record<string, Record<string, string>>,
  parameters: Record<string, string>,
) {
  return {
    Inputs: Object.fromEntries(
      shape.inputs.map(({ name, columns }) => [
        name,
        {
          ColumnNames: columns.map(([column]) => column),
          Values: [columns.map(([column]) => cells[name]?.[column] ?? '')],
        },
      ]),
    ),
    GlobalParameters: Object.fromEntries(
      Object.entries(parameters).filter(([, value]) => value !== ''),
    ),
  };
}
