import { queryOptions, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { language, switchLanguage } from '../base/i18n.ts';
import { get, holdCsrf, patch, post, remove } from './client.ts';

export type Role = 'viewer' | 'editor' | 'owner';
export type User = {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  state: string;
  role: Role | null;
  groups: string[];
  language: string | null;
};
export type Site = {
  name: string;
  logo: string | null;
  accent: string | null;
  /** Whether e-mail and password work here. */
  basic: boolean;
  /** Guests see nothing. */
  signInRequired: boolean;
  signUp: { enabled: boolean; terms: { enabled: boolean; text: string; consentRequired: boolean } };
  providers: { name: string; title: string }[];
  delegation: { signIn: boolean; subscriptions: boolean; url: string };
  gatewayUrl: string;
  servicesUrl: string;
  blobsUrl: string;
};
export type Session = {
  user: User | null;
  csrf: string;
  language: string;
  site: Site;
  managementBase?: string;
  workspace?: string;
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => taken(await get<Session>('/session')),
  staleTime: 60_000,
});

/** The session; pages are shown only once it is known. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

export function useMaybeSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

export function useSignIn(): (email: string, password: string) => Promise<void> {
  const client = useQueryClient();
  return async (email, password) => {
    const session = taken(await post<Session>('/session', { email, password }));
    const { user } = session;
    if (user && (user.language === 'en' || user.language === 'pl') && user.language !== language())
      await switchLanguage(user.language);
    client.setQueryData(sessionQuery.queryKey, session);
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  };
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await remove('/session');
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
}

/** Changes the words on the page, the account's choice, and what the server words. */
export function useLanguage(): (chosen: 'en' | 'pl') => Promise<void> {
  const client = useQueryClient();
  const { user } = useSession();
  return async (chosen) => {
    await switchLanguage(chosen);
    if (user) await patch('/account', { language: chosen });
    await client.invalidateQueries();
  };
}

function taken(session: Session): Session {
  holdCsrf(session.csrf);
  return session;
}
