import { useCallback, useReducer } from 'react';

const MOST = 100;
type Past<State> = { before: State[]; now: State; after: State[]; last: string };
type Step<State> =
  | { do: (now: State) => State; merge: string }
  | { go: 'back' | 'forth' }
  | { begin: State };

export function step<State>(past: Past<State>, one: Step<State>): Past<State> {
  if ('begin' in one) return { before: [], now: one.begin, after: [], last: '' };
  if ('go' in one) {
    const from = one.go === 'back' ? past.before : past.after;
    const now = from.at(-1);
    if (now === undefined) return past;
    const rest = from.slice(0, -1);
    return one.go === 'back'
      ? { before: rest, now, after: [...past.after, past.now], last: '' }
      : { before: [...past.before, past.now], now, after: rest, last: '' };
  }
  const now = one.do(past.now);
  if (now === past.now) return past;
  // Typing in one field is one step back, not one for each letter.
  const merged = one.merge !== '' && one.merge === past.last;
  const before = merged ? past.before : [...past.before, past.now].slice(-MOST);
  return { before, now, after: [], last: one.merge };
}

/** A state that remembers what it was. */
export function usePast<State>(begin: State) {
  const [past, go] = useReducer(step<State>, { before: [], now: begin, after: [], last: '' });
  return {
    now: past.now,
    change: useCallback((act: (now: State) => State, merge = '') => go({ do: act, merge }), []),
    undo: useCallback(() => go({ go: 'back' }), []),
    redo: useCallback(() => go({ go: 'forth' }), []),
    begin: useCallback((state: State) => go({ begin: state }), []),
    canUndo: past.before.length > 0,
    canRedo: past.after.length > 0,
  };
}
