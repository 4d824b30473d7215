/** What somebody did, as people would say it. */
const DEEDS = {
  POST: 'done',
  PUT: 'saved',
  PATCH: 'changed',
  DELETE: 'deleted',
} as const;
const SECRETS = /\/list(Secrets|Keys|Value|SharedAccessKeys)$/;
const RENEWED = /\/regenerate\w*$/;

export type Deed =
  | (typeof DEEDS)[keyof typeof DEEDS]
  | 'signedIn'
  | 'signedOut'
  | 'looked'
  | 'renewed';
export type Verb = keyof typeof DEEDS;
export const VERBS = Object.keys(DEEDS) as Verb[];

/** The deed behind a verb and a path of the REST; null for a verb that tells nothing. */
export function deedOf(method: string, path: string): Deed | null {
  if (path === '/session') return method === 'DELETE' ? 'signedOut' : 'signedIn';
  if (method === 'POST' && SECRETS.test(path)) return 'looked';
  if (method === 'POST' && RENEWED.test(path)) return 'renewed';
  return DEEDS[method as Verb] ?? null;
}
