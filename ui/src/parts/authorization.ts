import { queryOptions } from '@tanstack/react-query';
import { ApiError, get, post } from '../api/client.ts';

export type Grant = 'authorizationCode' | 'clientCredentials';
/** A server that gives out tokens for an API. */
export type Source = {
  id: string;
  name: string;
  description: string;
  scope: string;
  grants: Grant[];
};
export type Token = {
  accessToken: string;
  tokenType: string;
  expiresIn?: number;
  scope?: string;
};
/** What a server sent its window back with. */
export type Came = {
  state: string | null;
  code: string | null;
  iss: string | null;
  error: string | null;
  description: string | null;
};

export const CHANNEL = 'bramka-authorization';
const WINDOW = 'popup,width=520,height=720';
const at = (api: string) => `/session/authorization/${encodeURIComponent(api)}`;

/** Where authorization servers send people back to; they want to know it beforehand. */
export function redirectAddress(): string {
  return `${window.location.origin}/authorization`;
}

export const sourcesQuery = (api: string) =>
  queryOptions({
    queryKey: ['token-sources', api],
    queryFn: async () => (await get<{ value: Source[] }>(at(api))).value,
  });

export function tokenOfClient(api: string, source: string, scope: string): Promise<Token> {
  return post<Token>(`${at(api)}/${source}`, { grant: 'clientCredentials', scope });
}

/** A window in which somebody agrees, then the token for what it comes back with. */
export async function tokenOfPerson(
  api: string,
  source: string,
  scope: string,
  stop: AbortSignal,
): Promise<Token> {
  // Opened while the click lasts: a window that opens later is taken for an advertisement.
  const window_ = window.open('', '_blank', WINDOW);
  if (!window_) throw new ApiError(0, { code: 'WindowBlocked' });
  let begun: { address: string; state: string };
  try {
    begun = await post(`${at(api)}/${source}`, { grant: 'authorizationCode', scope });
  } catch (error) {
    window_.close();
    throw error;
  }
  const coming = comingBack(begun.state, stop);
  window_.location.replace(begun.address);
  const { code, state, iss, error, description } = await coming;
  if (!code) throw new ApiError(0, { code: 'TokenRefused', message: description || error || '' });
  return post<Token>('/session/authorization/finish', { code, state, iss });
}

/** The other window lost sight of this one on its way: they meet on a channel. */
function comingBack(state: string, stop: AbortSignal): Promise<Came> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise<Came>((resolve, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason));
    channel.addEventListener('message', ({ data }: MessageEvent<Came>) => {
      if (data.state === state) resolve(data);
    });
  }).finally(() => channel.close());
}

/** The value of Authorization that a token is sent in. */
export function headerOf({ tokenType, accessToken }: Token): string {
  const scheme = tokenType.toLowerCase() === 'bearer' ? 'Bearer' : tokenType;
  return `${scheme} ${accessToken}`;
}

/** The headers with this Authorization instead of any other; without one if it is null. */
export function withToken(
  headers: readonly (readonly [string, string])[],
  value: string | null,
): [string, string][] {
  const others = headers
    .filter(([name]) => name.toLowerCase() !== 'authorization')
    .map(([name, text]): [string, string] => [name, text]);
  return value === null ? others : [...others, ['Authorization', value]];
}
