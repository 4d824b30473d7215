import { post } from '../../api/client.ts';
import type { Call } from '../../snippets/model.ts';

export type Answer = {
  status: number;
  reason: string;
  headers: [string, string][];
  bodyBase64: string;
  milliseconds: number;
  traceId?: string;
};

/** Sends a call through the console, which reaches our gateway only. */
export function sendCall(call: Call, apiId: string): Promise<Answer> {
  return post<Answer>('/developer/console/send', {
    method: call.method,
    url: call.url,
    headers: call.headers,
    bodyBase64: call.body === null ? '' : toBase64(new TextEncoder().encode(call.body)),
    apiId,
  });
}

export function bytesOf(answer: Answer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(answer.bodyBase64), (letter) => letter.charCodeAt(0));
}

/** The body as text, or null if it is none. */
export function textOf(answer: Answer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(answer));
  } catch {
    return null;
  }
}

export function headerOf(answer: Answer, name: string): string {
  return answer.headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? '';
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  // Whole at once would be more arguments than a call may have.
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
