/** Sample values as the old help pages had them: `value` for texts, `0` for numbers. */
import { type PortShape, type Shape, typeName } from './calls.ts';

function placeholder(property: PortShape['columns'][number][1]): string {
  return typeName(property) === 'String' ? 'value' : '0';
}

export function tables(ports: PortShape[], rows: number) {
  return Object.fromEntries(
    ports.map(({ name, columns }) => [
      name,
      {
        ColumnNames: columns.map(([column]) => column),
        Values: Array.from({ length: rows }, () => columns.map(([, each]) => placeholder(each))),
      },
    ]),
  );
}

export function results(ports: PortShape[]) {
  return Object.fromEntries(
    ports.map(({ name, columns }) => [
      name,
      {
        type: 'table',
        value: {
          ColumnNames: columns.map(([column]) => column),
          ColumnTypes: columns.map(([, each]) => typeName(each)),
          Values: [columns.map(([, each]) => placeholder(each))],
        },
      },
    ]),
  );
}

export function globals({ parameters }: Shape) {
  return Object.fromEntries(
    parameters.map(([name, { default: value }]) => [name, value ?? 'value']),
  );
}
