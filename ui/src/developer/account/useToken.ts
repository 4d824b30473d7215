import { useEffect, useState } from 'react';

/** Words of links that were opened, so that a page shown anew still has its own. */
const seen = new Map<string, string>();

/** The word from a mail's link; it leaves the address so that nobody reads it there. */
export function useToken(): string {
  const [token] = useState(() => {
    const { pathname, search } = window.location;
    const found = new URLSearchParams(search).get('token');
    if (found) seen.set(pathname, found);
    return seen.get(pathname) ?? '';
  });
  useEffect(() => window.history.replaceState(null, '', window.location.pathname), []);
  return token;
}
