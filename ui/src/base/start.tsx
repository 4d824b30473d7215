import './styles.ts';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import i18next from 'i18next';
import { type ReactNode, StrictMode, Suspense, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { ApiError } from '../api/client.ts';
import { useMaybeSession } from '../api/session.ts';
import { Confirming } from './confirm.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Expired } from './Expired.tsx';
import { type Face, startTranslation } from './i18n.ts';
import { Loading } from './Loading.tsx';
import { nonce } from './nonce.ts';
import { isColour } from './palette.ts';
import { Queries } from './queries.ts';
import { schemeKeeper } from './scheme.ts';
import { ACCENT, readable, themeFor } from './theme.ts';
import { Toasts, toast } from './toast.tsx';
import { followUpgrades, wasUpgraded } from './upgrade.ts';
import { speakOfFields } from './validity.ts';

const queries = new Queries({
  defaultOptions: {
    // A console on this machine, or in this house, needs no way out to the world.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 10_000,
      retry: (failures, error) => failures < 1 && !(error instanceof ApiError && error.status),
    },
  },
});

/** Puts a face on the page: words, looks, data and what every page has. */
export async function start(face: Face, base: string, content: ReactNode): Promise<void> {
  followUpgrades();
  await startTranslation(face);
  speakOfFields();
  if (wasUpgraded()) toast.done(i18next.t('upgraded', { ns: 'base' }));
  createRoot(document.getElementById('root')!, {
    // A refusal is told on the page; only what we did not foresee is for the console.
    onCaughtError: (error) => {
      if (!(error instanceof ApiError)) console.error(error);
    },
  }).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Themed>
          <ErrorBoundary>
            <Confirming>
              <Router base={base}>
                <Suspense fallback={<Loading />}>{content}</Suspense>
              </Router>
            </Confirming>
          </ErrorBoundary>
          <Expired />
          <Toasts />
        </Themed>
      </QueryClientProvider>
    </StrictMode>,
  );
}

function Themed({ children }: { children: ReactNode }) {
  const accent = useMaybeSession()?.site.accent ?? '';
  const theme = useMemo(() => themeFor(isColour(accent) ? accent : ACCENT), [accent]);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeKeeper}
      cssVariablesResolver={readable}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}
