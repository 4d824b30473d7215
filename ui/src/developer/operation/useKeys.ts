import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { toast } from '../../base/toast.tsx';
import { type ApiDetails, type Keys, subscriptionsQuery } from '../data.ts';

export type KeyChoice = { value: string; label: string };

/** The reader's keys that open an API, fetched only when one is chosen. */
export function useKeys(api: ApiDetails) {
  const { user } = useSession();
  const { data } = useQuery({ ...subscriptionsQuery(), enabled: Boolean(user) });
  const [chosen, setChosen] = useState<string>('');
  const [key, setKey] = useState('');
  const products = new Set(api.products.map(({ id }) => id));
  const own = (data?.value ?? []).filter((one) =>
    one.product ? products.has(one.product.id) : !one.api || one.api.id === api.id,
  );
  const fitting = own.filter(({ state }) => state === 'active');
  const groups = new Map<string, KeyChoice[]>();
  for (const one of fitting) {
    const group = one.product?.name ?? one.api?.name ?? '…';
    const label = one.name ?? one.id;
    groups.set(group, [
      ...(groups.get(group) ?? []),
      { value: `${one.id} primaryKey`, label: `${label} · 1` },
      { value: `${one.id} secondaryKey`, label: `${label} · 2` },
    ]);
  }
  const choose = async (value: string) => {
    setChosen(value);
    const [id = '', which = ''] = value.split(' ');
    if (!id) return setKey('');
    try {
      const keys = await post<Keys>(`/developer/subscriptions/${encodeURIComponent(id)}/keys`);
      setKey(keys[which as keyof Keys]);
    } catch (error) {
      setChosen('');
      toast.failed(error);
    }
  };
  return {
    groups: [...groups].map(([group, items]) => ({ group, items })),
    /** One is asked for, and the publisher has not decided yet. */
    waiting: own.some(({ state }) => state === 'submitted'),
    chosen,
    choose,
    key,
    type: (text: string) => {
      setChosen('');
      setKey(text);
    },
  };
}
