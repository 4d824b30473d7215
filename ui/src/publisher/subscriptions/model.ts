/** The life of a subscription: which steps are possible from where. */

export type State = 'suspended' | 'active' | 'expired' | 'submitted' | 'rejected' | 'cancelled';
export type Subscription = {
  displayName?: string | null;
  scope: string;
  ownerId?: string | null;
  state: State;
  stateComment?: string | null;
  createdDate: string;
  expirationDate?: string | null;
  allowTracing: boolean;
};
export type Step = 'approve' | 'reject' | 'suspend' | 'activate' | 'cancel';

export const STATES: State[] = [
  'submitted',
  'active',
  'suspended',
  'rejected',
  'cancelled',
  'expired',
];
export const AFTER: Record<Step, State> = {
  approve: 'active',
  reject: 'rejected',
  suspend: 'suspended',
  activate: 'active',
  cancel: 'cancelled',
};
const STEPS: Record<State, Step[]> = {
  submitted: ['approve', 'reject'],
  active: ['suspend', 'cancel'],
  suspended: ['activate', 'cancel'],
  expired: ['activate', 'cancel'],
  rejected: ['approve', 'cancel'],
  cancelled: [],
};
export const COLOURS: Record<State, string> = {
  submitted: 'warn',
  active: 'ok',
  suspended: 'gray',
  expired: 'gray',
  rejected: 'danger',
  cancelled: 'gray',
};

export function stepsFrom(state: State): Step[] {
  return STEPS[state];
}

/** `products/starter` of the full path of a scope; "" for everything. */
export function shortScope(scope: string): string {
  const found = /\/(products|apis)(\/[^/]+)?\/?$/.exec(scope);
  return found ? `${found[1]}${found[2] ?? ''}` : '';
}

/** The product or API of a scope; null for everything. */
export function scopeOf(scope: string): { path: string; name: string } | null {
  const [kind, name] = shortScope(scope).split('/');
  return kind && name ? { path: `/${kind}`, name } : null;
}
