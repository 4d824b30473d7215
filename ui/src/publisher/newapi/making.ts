import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { ApiError } from '../../api/client.ts';
import { toast } from '../../base/toast.tsx';
import type { Field } from '../parts/fields.ts';
import { at, type Properties, useAsk, useChange } from '../rest/management.ts';
import { idFor } from '../rest/odata.ts';

/** What every way to make an API asks for, and what it does then. */
export function useMaking() {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const ask = useAsk();
  const [, go] = useLocation();
  const name: Field = { at: 'displayName', label: t('apis.displayName'), required: true };
  const id: Field = {
    at: 'id',
    label: t('form.id'),
    required: true,
    mono: true,
    help: t('form.idHelp'),
  };
  const path: Field = { at: 'path', label: t('apis.path'), mono: true, help: t('apis.pathHelp') };
  const product: Field = {
    at: 'products',
    label: t('products.title'),
    kind: 'entities',
    help: t('newApi.productsHelp'),
    picked: () => ({ path: '/products' }),
  };
  const protocols: Field = {
    at: 'protocols',
    label: t('apis.protocols'),
    kind: 'many',
    options: ['http', 'https', 'ws', 'wss'].map((value) => ({ value, label: value })),
  };
  const create = async ({ id: named, products: chosen, ...properties }: Properties) => {
    const place = at`/apis/${String(named)}`;
    const taken = await ask('GET', place).then(
      () => true,
      (error: ApiError) => {
        if (error.status === 404) return false;
        throw error;
      },
    );
    if (taken)
      throw new ApiError(409, { code: 'Conflict', target: 'id', message: t('form.taken') });
    await change('PUT', place, { properties });
    for (const one of (chosen as string[] | undefined) ?? [])
      await change('PUT', at`/products/${one}/apis/${String(named)}`);
    toast.done(t('form.created', { name: String(properties.displayName ?? named) }));
    go(place);
  };
  return { fields: { name, id, path, product, protocols }, create };
}

/** Id and path follow the name until they are typed. */
export function following(before: Properties, changed: string): Properties {
  if (changed !== 'displayName') return before;
  const old = before.follows as string | undefined;
  const next = idFor(String(before.displayName ?? ''));
  const same = (name: string) => (before[name] ?? '') === (old ?? '');
  return {
    ...before,
    ...(same('id') ? { id: next } : {}),
    ...(same('path') ? { path: next } : {}),
    follows: next,
  };
}
