import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

export type Order = { key: string; down: boolean };
export type TableState = {
  page: number;
  size: number;
  search: string;
  order: Order | null;
  /** Other filters that live in the address. */
  value: (name: string) => string;
  set: (changes: Record<string, string | number | null>) => void;
  /** Rows before the page: `$skip`. */
  skip: number;
};

const SIZES = [25, 50, 100];
/** What is opened over the list; Back closes it. */
const OVER = ['new', 'open', 'keys', 'token'];
const BESIDE = ['page', ...OVER];

/** Page, search, order and filters of a list, held in the address of the page. */
export function useTable(prefix = '', size = SIZES[0]!): TableState {
  const [params, setParams] = useSearchParams();
  return useMemo(() => {
    const value = (name: string) => params.get(prefix + name) ?? '';
    const page = Math.max(1, Number(value('page')) || 1);
    const rows = SIZES.includes(Number(value('size'))) ? Number(value('size')) : size;
    const sorted = value('sort');
    return {
      page,
      size: rows,
      skip: (page - 1) * rows,
      search: value('search'),
      order: sorted ? { key: sorted.replace(/^-/, ''), down: sorted.startsWith('-') } : null,
      value,
      set: (changes) => {
        const over = Object.keys(changes).every((name) => OVER.includes(name));
        const opens = over && Object.values(changes).some((now) => now !== null);
        // What was opened from the list is closed by going back to it.
        if (over && !opens && window.history.state?.over) return window.history.back();
        setParams(
          (before) => {
            const after = new URLSearchParams(before);
            // Whatever narrows the list starts it from its first page.
            if (Object.keys(changes).some((name) => !BESIDE.includes(name)))
              after.delete(`${prefix}page`);
            for (const [name, now] of Object.entries(changes)) {
              if (now === null || now === '') after.delete(prefix + name);
              else after.set(prefix + name, String(now));
            }
            return after;
          },
          opens ? { state: { over: true } } : { replace: true },
        );
      },
    };
  }, [params, setParams, prefix, size]);
}
