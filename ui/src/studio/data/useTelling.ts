import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get } from '../../api/client.ts';
import { useBase } from './queries.ts';
import { PLAIN, type Telling, tellingOf, type Words } from './telling.ts';

const wordsQuery = (api: string, language: string) =>
  queryOptions({
    queryKey: ['words', language],
    queryFn: async () => tellingOf(await get<Partial<Words>>(`${api}/modules/words`, { language })),
    // English is what modules tell by themselves.
    initialData: language === 'en' ? PLAIN : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How modules are told in the language of the page. */
export function useTelling(): Telling {
  const { i18n } = useTranslation();
  const { api } = useBase();
  // The page stays as it is until the words of another language are there.
  const language = useDeferredValue(i18n.language);
  return useSuspenseQuery(wordsQuery(api, language)).data;
}

/** The same refusal in the words of the page. */
export function toldError(tell: Telling, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status, code, target, retryAfter } = error;
  // Who is not signed in, or is overtaken, is told so by the page; tokens and etags are for clients.
  const given = status === 401 || status === 412 ? [] : error.details;
  const details = given.map((each) => ({ ...each, message: tell.message(each.message) }));
  const message = tell.message(error.message);
  return new ApiError(status, { code, target, message, details }, retryAfter);
}
