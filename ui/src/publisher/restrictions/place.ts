/** The scope of a restriction: a path for the server, choices for people. */

import type { Properties } from '../rest/management.ts';

export type Restricted = 'global' | 'product' | 'api' | 'operation';
const END = 'policies/policy';

export function scopeOf({ kind, product, api, operation }: Properties): string {
  const parts: Record<string, string> = {
    global: '',
    product: `products/${product}/`,
    api: `apis/${api}/`,
    operation: `apis/${api}/operations/${operation}/`,
  };
  return `/${parts[kind] ?? ''}${END}`;
}

export function choicesOf(scope: string): Properties {
  const [first, id = '', , operation = ''] = scope.replace(/^\//, '').split('/');
  if (first === 'products') return { kind: 'product', product: id };
  if (first !== 'apis') return { kind: 'global' };
  // `/apis/ID/policies/policy` has no operation in it.
  if (!scope.includes('/operations/')) return { kind: 'api', api: id };
  return { kind: 'operation', api: id, operation };
}
