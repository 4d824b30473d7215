import { type ComponentType, lazy } from 'react';

/** A part that is fetched after the page is shown, so that it is there when it is needed. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  let fetched: Promise<{ default: ComponentType<P> }> | null = null;
  const get = () => {
    fetched ??= load().then(
      (part) => ({ default: part }),
      (error) => {
        fetched = null;
        throw error;
      },
    );
    return fetched;
  };
  const idle = window.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 500));
  window.addEventListener('load', () => idle(() => void get().catch(() => undefined)));
  return lazy(get);
}
