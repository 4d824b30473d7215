import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { whenExpired } from '../api/client.ts';
import { type Session, sessionQuery } from '../api/session.ts';
import { later } from './later.ts';

const ExpiredDialog = later(async () => (await import('./ExpiredDialog.tsx')).ExpiredDialog);

/** A session that ended while a page was open: sign in again without losing the page. */
export function Expired() {
  const client = useQueryClient();
  const [email, setEmail] = useState<string | null>(null);
  useEffect(() => {
    whenExpired(() => {
      const user = client.getQueryData<Session>(sessionQuery.queryKey)?.user;
      if (user) setEmail(user.email);
      else void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    });
  }, [client]);
  return (
    <Suspense>
      {email !== null && <ExpiredDialog email={email} onClose={() => setEmail(null)} />}
    </Suspense>
  );
}
