/** Scopes of policies in addresses of pages and of the management REST. */

import { at } from '../rest/management.ts';

export function operationScope(api: string, operation: string): string {
  return `apis/${api}/operations/${operation}`;
}

/** `/apis/a/operations/b/policies/policy`, with ids made safe for an address. */
export function policyPath(scope: string): string {
  const parts = scope ? scope.split('/').map(encodeURIComponent) : [];
  return ['', ...parts, 'policies', 'policy'].join('/');
}

export type Parts = { product: string; api: string; operation: string };

export function partsOf(scope: string): Parts {
  const [kind, id = '', , operation = ''] = scope.split('/');
  return {
    product: kind === 'products' ? id : '',
    api: kind === 'apis' ? id : '',
    operation,
  };
}

/** The page where the policies of a scope are written. */
export function policyPage(scope: string): string {
  return `/policies?${new URLSearchParams({ scope })}`;
}

export function operationsPath(api: string): string {
  return at`/apis/${api}/operations`;
}
