import { useEffect, useState } from 'react';
import type { Operation } from '../data.ts';
import { type CallForm, emptyForm } from './form.ts';

const SECRET = /authorization|key|token|secret|password|cookie/i;

/** The form of an operation; a reload of the page keeps it, but no secrets. */
export function useCallForm(api: string, operation: Operation) {
  const place = `bramka-call ${api} ${operation.id}`;
  const [form, setForm] = useState<CallForm>(() => kept(place) ?? emptyForm(operation));
  useEffect(() => {
    const headers = form.headers.map(([name, value]): [string, string] => [
      name,
      SECRET.test(name) ? '' : value,
    ]);
    sessionStorage.setItem(place, JSON.stringify({ ...form, headers }));
  }, [place, form]);
  const change = (part: Partial<CallForm> | ((before: CallForm) => Partial<CallForm>)) =>
    setForm((before) => ({ ...before, ...(typeof part === 'function' ? part(before) : part) }));
  return { form, change, reset: () => setForm(emptyForm(operation)) };
}

function kept(place: string): CallForm | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null') as CallForm | null;
  } catch {
    return null;
  }
}
