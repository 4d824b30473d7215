/** Users as the management REST has them. */

export type UserState = 'active' | 'blocked' | 'pending' | 'deleted';
export type User = {
  firstName: string;
  lastName: string;
  email: string;
  state: UserState;
  note?: string | null;
  registrationDate?: string | null;
  identities: { provider: string; id: string }[];
};
export type Role = 'viewer' | 'editor' | 'owner';

export const STATES: UserState[] = ['active', 'pending', 'blocked'];
export const ROLES: Role[] = ['viewer', 'editor', 'owner'];
export const COLOURS: Record<UserState, string> = {
  active: 'ok',
  blocked: 'danger',
  pending: 'warn',
  deleted: 'gray',
};
