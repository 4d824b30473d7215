import { useState } from 'react';

/** The word from a mail's link; it leaves the address so that nobody reads it there. */
export function useToken(): string {
  const [token] = useState(() => {
    const found = new URLSearchParams(window.location.search).get('token') ?? '';
    if (found) window.history.replaceState(null, '', window.location.pathname);
    return found;
  });
  return token;
}
