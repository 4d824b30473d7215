import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../data.ts';
import { Necessity } from './Parameters.tsx';

const DEEPEST = 8;

/** A JSON Schema as a tree of names, types and constraints. */
export function SchemaView({ schema }: { schema: Schema }) {
  return (
    <div className="dev-schema">
      <Node schema={schema} depth={0} />
    </div>
  );
}

type NodeProps = { name?: string; schema: Schema; required?: boolean; depth: number };

function Node({ name, schema, required = false, depth }: NodeProps) {
  const { t } = useTranslation('developer');
  const branches = branchesOf(schema);
  const inner = object(schema.items) ? (schema.items as Schema) : null;
  const properties = Object.entries(object(schema.properties) ? (schema.properties as object) : {});
  const mustHave = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const extra = object(schema.additionalProperties)
    ? (schema.additionalProperties as Schema)
    : null;
  const nested =
    properties.length > 0 || branches.length > 0 || extra || (inner && composite(inner));
  const head = (
    <>
      {name !== undefined && <code className="app-code dev-strong">{name}</code>}{' '}
      <code className="app-code dev-type">{typeOf(schema)}</code> <Necessity required={required} />
      {text(schema.description) && <span className="dev-about">{text(schema.description)}</span>}
      <Constraints schema={schema} />
    </>
  );
  if (!nested || depth >= DEEPEST) return <div className="dev-node">{head}</div>;
  return (
    <details className="dev-node" open={depth < 2}>
      <summary>{head}</summary>
      <div className="dev-children">
        {properties.map(([key, value]) => (
          <Node
            key={key}
            name={key}
            schema={value as Schema}
            required={mustHave.includes(key)}
            depth={depth + 1}
          />
        ))}
        {extra && <Node name="*" schema={extra} depth={depth + 1} />}
        {inner && composite(inner) && <Node name="[ ]" schema={inner} depth={depth + 1} />}
        {branches.map(([word, options]) => (
          <div key={word}>
            <Text size="xs" c="dimmed">
              {t(`operation.${word}`)}
            </Text>
            {options.map((option, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: alternatives have no names, their order is fixed
              <Node key={at} schema={option} depth={depth + 1} />
            ))}
          </div>
        ))}
      </div>
    </details>
  );
}

function Constraints({ schema }: { schema: Schema }) {
  const { t } = useTranslation('developer');
  const parts: string[] = [];
  for (const word of [
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'pattern',
  ])
    if (schema[word] !== undefined) parts.push(`${word}: ${String(schema[word])}`);
  if (schema.default !== undefined)
    parts.push(`${t('operation.default')} ${JSON.stringify(schema.default)}`);
  if (Array.isArray(schema.enum))
    parts.push(
      `${t('operation.oneOf')} ${schema.enum.map((one) => JSON.stringify(one)).join(' | ')}`,
    );
  if (schema.const !== undefined) parts.push(`= ${JSON.stringify(schema.const)}`);
  if (schema.nullable === true) parts.push('null');
  if (!parts.length) return null;
  return <span className="dev-constraints">{parts.join(' · ')}</span>;
}

function branchesOf(schema: Schema): ['oneOf' | 'anyOf' | 'allOf', Schema[]][] {
  return (['oneOf', 'anyOf', 'allOf'] as const)
    .filter((word) => Array.isArray(schema[word]))
    .map((word) => [word, (schema[word] as unknown[]).filter(object) as Schema[]]);
}

function typeOf(schema: Schema): string {
  const { type, format, items } = schema;
  const own = Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : '';
  if (own === 'array' && object(items)) return `${typeOf(items as Schema) || 'any'}[]`;
  if (own) return typeof format === 'string' ? `${own} (${format})` : own;
  return schema.properties ? 'object' : Array.isArray(schema.enum) ? 'enum' : '';
}

function composite(schema: Schema): boolean {
  return Boolean(schema.properties || schema.items || branchesOf(schema).length);
}

function object(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
