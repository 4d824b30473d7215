const MARK = 'bramka-upgraded';

/** A console that was upgraded has other parts than an open page knows: the page that
 * misses one is loaded anew. A server that is only away is left to the try after. */
export function followUpgrades(): void {
  window.addEventListener('vite:preloadError', () => {
    void upgraded().then((is) => {
      if (!is) return;
      sessionStorage.setItem(MARK, 'yes');
      window.location.reload();
    });
  });
}

/** Whether this page was loaded anew for that; it is so once. */
export function wasUpgraded(): boolean {
  const was = sessionStorage.getItem(MARK) !== null;
  sessionStorage.removeItem(MARK);
  return was;
}

/** Whether an error says that a part of the page did not come. */
export function partMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    /dynamically imported module|Importing a module script|preload CSS/i.test(error.message)
  );
}

/** Load the page anew if the server answers: a browser does not ask again for a part
 * that did not come, and its own page for a server that is away helps nobody. */
export async function reloadIfReachable(): Promise<void> {
  try {
    await fetch(window.location.href, { method: 'HEAD', cache: 'no-store' });
    window.location.reload();
  } catch {
    // What the page says now stays true.
  }
}

/** Whether the page that the server sends now begins with another script than ours. */
async function upgraded(): Promise<boolean> {
  try {
    const headers = { Accept: 'text/html' };
    const answer = await fetch(window.location.href, { headers, cache: 'no-store' });
    const entry = answer.ok && /<script[^>]+src="([^"]+)"/.exec(await answer.text())?.[1];
    return Boolean(entry) && !document.querySelector(`script[src="${entry}"]`);
  } catch {
    return false;
  }
}
