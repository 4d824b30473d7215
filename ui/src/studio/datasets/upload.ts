import { ApiError, call, get, holdCsrf, post } from '../../api/client.ts';
import type { Session } from '../../api/session.ts';
import type { Listing, Saved } from '../data/types.ts';
import { begunBy, drop, remember } from './begun.ts';

const PIECE = 8 << 20;
/** Milliseconds between looks whether somebody has signed in. */
const LOOK = 1_500;
const TRIES = 4;

export const UPLOAD_TYPES = [
  'GenericCSV',
  'GenericCSVNoHeader',
  'GenericTSV',
  'GenericTSVNoHeader',
  'Parquet',
  'ARFF',
  'SvmLight',
  'PlainText',
  'Zip',
] as const;
export type UploadType = (typeof UPLOAD_TYPES)[number];

const ENDINGS: [string, UploadType][] = [
  ['.nh.csv', 'GenericCSVNoHeader'],
  ['.nh.tsv', 'GenericTSVNoHeader'],
  ['.csv', 'GenericCSV'],
  ['.tsv', 'GenericTSV'],
  ['.parquet', 'Parquet'],
  ['.arff', 'ARFF'],
  ['.svmlight', 'SvmLight'],
  ['.zip', 'Zip'],
  ['.txt', 'PlainText'],
];

export function typeOfFile(name: string): UploadType {
  return ENDINGS.find(([ending]) => name.toLowerCase().endsWith(ending))?.[1] ?? 'GenericCSV';
}

/** Whether there is a dataset of this name, which a new one may not have. */
export async function isTaken(api: string, name: string, signal: AbortSignal): Promise<boolean> {
  const { Value } = await patient(signal, () =>
    get<Listing<Saved>>(`${api}/datasources`, { count: 1000, search: name }),
  );
  return Value.some(({ Name }) => Name === name);
}

type Position = { Id: string; Received: number; Size: number | null };
type Wanted = { name: string; type: UploadType; description: string; family?: string };

type Sending = {
  tell: (sent: number) => void;
  /** Resolves when the next piece may go: at once, unless somebody has asked for a pause. */
  turn: () => Promise<void>;
  signal: AbortSignal;
};

/** Sends a file piece by piece, goes on after a break, and makes a dataset of it. */
export async function uploadFile(
  api: string,
  file: File,
  wanted: Wanted,
  { tell, turn, signal }: Sending,
): Promise<string> {
  const begun = await patient(signal, () => beginning(api, file, wanted.type));
  const place = `${api}/uploads/${begun.Id}`;
  try {
    let sent = begun.Received;
    tell(sent);
    while (sent < file.size) {
      await turn();
      signal.throwIfAborted();
      sent = await patient(signal, () => pieceFrom(place, file, sent, signal));
      tell(sent);
    }
    const made = await patient(signal, () =>
      post<string>(`${api}/datasources`, {
        DataSource: {
          Name: wanted.name,
          DataTypeId: wanted.type,
          Description: wanted.description,
          FamilyId: wanted.family,
        },
        UploadId: begun.Id,
        UploadedFromFileName: file.name,
      }),
    );
    drop();
    return made;
  } catch (error) {
    if (unreached(error)) throw error;
    drop();
    void call('DELETE', place).catch(() => undefined);
    throw error;
  }
}

/** Where this file's upload stands on the server, or a new one. */
async function beginning(api: string, file: File, type: UploadType): Promise<Position> {
  const known = begunBy(file, type);
  const found = known && (await get<Position>(`${api}/uploads/${known}`).catch(notFound));
  if (found && found.Size === file.size) return found;
  const made = await post<Position>(`${api}/uploads`, { DataTypeId: type, Size: file.size });
  remember(file, type, made.Id);
  return made;
}

function notFound(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

async function pieceFrom(place: string, file: File, from: number, signal: AbortSignal) {
  for (let left = TRIES; ; left -= 1) {
    const to = Math.min(from + PIECE, file.size);
    try {
      const told = await call<Position>('PUT', place, {
        body: file.slice(from, to),
        headers: {
          'Content-Range': `bytes ${from}-${to - 1}/${file.size}`,
          'Content-Type': 'application/octet-stream',
        },
        signal,
      });
      return told.Received;
    } catch (error) {
      if (!unreached(error) || left <= 1) throw error;
      await new Promise((wake) => setTimeout(wake, 500 * (TRIES - left + 1)));
      const told = await get<Position>(place).catch(() => null);
      if (told) return told.Received;
    }
  }
}

/** Trying again may help: what has arrived is kept. */
function unreached(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

/** Does it again once somebody has signed in, should the session have ended. */
async function patient<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await signedIn(signal);
    }
  }
}

async function signedIn(signal: AbortSignal): Promise<void> {
  for (;;) {
    await new Promise((wake) => setTimeout(wake, LOOK));
    signal.throwIfAborted();
    const session = await get<Session>('/session').catch(() => null);
    if (!session?.user) continue;
    holdCsrf(session.csrf);
    return;
  }
}
