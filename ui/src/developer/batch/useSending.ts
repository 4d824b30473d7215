import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import type { Call } from '../../snippets/model.ts';
import { type Answer, headerOf, sendCall, textOf } from '../operation/send.ts';

export type Step = 'submit' | 'start' | 'status' | 'remove';
export type CallOf = (step: Step, job: string, body?: string | null) => Call;

const UNTOLD_SECONDS = 10;

/** Sends steps of the flow; a limit that is reached is waited for, not failed for. */
export function useSending(api: string, call: CallOf) {
  /** The moment until which nothing is sent. */
  const [until, setUntil] = useState<number | null>(null);
  const latest = useRef(call);
  latest.current = call;
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const send = useCallback(
    async (step: Step, job: string, body: string | null = null): Promise<unknown> => {
      for (;;) {
        const answer = await sendCall(latest.current(step, job, body), api);
        if (answer.status !== 429) return told(answer);
        const seconds = Number(headerOf(answer, 'retry-after')) || UNTOLD_SECONDS;
        setUntil(Date.now() + 1000 * seconds);
        await new Promise((go) => setTimeout(go, 1000 * seconds));
        // Who left the page no longer waits for this.
        if (gone.current) return told(answer);
        setUntil(null);
      }
    },
    [api],
  );
  return { send, until };
}

/** What the answer says; a refusal becomes an error with the service's own words. */
function told(answer: Answer): unknown {
  const text = textOf(answer) ?? '';
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = text;
  }
  if (answer.status < 300) return body;
  const problem = body as { error?: { code?: string; message?: string }; message?: string } | null;
  throw new ApiError(answer.status, {
    code: `Answer${answer.status}`,
    message: `${answer.status} ${answer.reason}: ${problem?.error?.message ?? problem?.message ?? text}`,
  });
}
