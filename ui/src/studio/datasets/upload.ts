import { ApiError, call, get, holdCsrf, post } from '../../api/client.ts';
import type { Session } from '../../api/session.ts';
import type { Listing, Saved } from '../data/types.ts';

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

/** Sends a file piece by piece, goes on after a break, and makes a dataset of it. */
export async function uploadFile(
  api: string,
  file: File,
  wanted: Wanted,
  tell: (sent: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const begun = await patient(signal, () =>
    post<Position>(`${api}/uploads`, { DataTypeId: wanted.type, Size: file.size }),
  );
  const place = `${api}/uploads/${begun.Id}`;
  try {
    let sent = 0;
    while (sent < file.size) {
      sent = await patient(signal, () => pieceFrom(place, file, sent, signal));
      tell(sent);
    }
    return await patient(signal, () =>
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
  } catch (error) {
    void call('DELETE', place).catch(() => undefined);
    throw error;
  }
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
      const lost = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      if (!lost || left <= 1) throw error;
      await new Promise((wake) => setTimeout(wake, 500 * (TRIES - left + 1)));
      const told = await get<Position>(place).catch(() => null);
      if (told) return told.Received;
    }
  }
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
