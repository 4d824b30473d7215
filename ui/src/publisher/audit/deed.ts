/** What somebody did, as people would say it. */
const DONE = {
  POST: 'done',
  PUT: 'saved',
  PATCH: 'changed',
  DELETE: 'deleted',
} as const;
const SECRETS = /\/list(Secrets|Keys|Value|SharedAccessKeys)$/;
const RENEWED = /\/regenerate\w*$/;

export type Deed =
  | (typeof DONE)[keyof typeof DONE]
  | 'signedIn'
  | 'signedOut'
  | 'looked'
  | 'renewed';
export type Verb = keyof typeof DONE;
export const VERBS = Object.keys(DONE) as Verb[];

/** The deed behind a verb and a path of the REST; null for a verb that tells nothing. */
export function deedOf(method: string, path: string): Deed | null {
  if (path === '/session') return method === 'DELETE' ? 'signedOut' : 'signedIn';
  if (method === 'POST' && SECRETS.test(path)) return 'looked';
  if (method === 'POST' && RENEWED.test(path)) return 'renewed';
  return DONE[method as Verb] ?? null;
}

const OF_SESSIONS = "path eq '/session'";
const SECRET = ['Secrets', 'Keys', 'Value', 'SharedAccessKeys'].map(
  (what) => `endswith(path,'/list${what}')`,
);
const LOOKED = `(${SECRET.join(' or ')})`;
const RENEWS = "contains(path,'/regenerate')";

/** The deeds, and which entries of the log are such. */
const CONDITIONS: Record<Deed, string> = {
  signedIn: `${OF_SESSIONS} and method ne 'DELETE'`,
  signedOut: `${OF_SESSIONS} and method eq 'DELETE'`,
  looked: `method eq 'POST' and ${LOOKED}`,
  renewed: `method eq 'POST' and ${RENEWS}`,
  done: `method eq 'POST' and not ${LOOKED} and not ${RENEWS} and path ne '/session'`,
  saved: "method eq 'PUT'",
  changed: "method eq 'PATCH'",
  deleted: "method eq 'DELETE' and path ne '/session'",
};
export const DEEDS = Object.keys(CONDITIONS) as Deed[];

/** The condition of `$filter` that finds such deeds. */
export function conditionOf(deed: Deed): string {
  return `(${CONDITIONS[deed]})`;
}
