import { useTranslation } from 'react-i18next';
import type { Field } from '../parts/fields.ts';

export type Product = {
  displayName: string;
  description?: string | null;
  terms?: string | null;
  subscriptionRequired: boolean;
  approvalRequired: boolean;
  subscriptionsLimit?: number | null;
  state: 'published' | 'notPublished';
};

/** The fields of a product: under headings on its page, plain in a drawer. */
export function useProductFields({ headed = false } = {}): Field[] {
  const { t } = useTranslation(['publisher', 'base']);
  const held = ({ subscriptionRequired }: { subscriptionRequired?: boolean }) =>
    subscriptionRequired === true;
  const under = (part: 'about' | 'subscribing' | 'terms') =>
    headed
      ? { title: t(`products.sections.${part}`), lead: t(`products.leads.${part}`) }
      : undefined;
  return [
    { at: 'displayName', label: t('base:name'), required: true, section: under('about') },
    { at: 'description', label: t('operation.description'), kind: 'area' },
    {
      at: 'subscriptionRequired',
      label: t('products.subscriptionRequired'),
      kind: 'switch',
      help: t('products.subscriptionHelp'),
      section: under('subscribing'),
    },
    {
      at: 'approvalRequired',
      label: t('products.approvalRequired'),
      kind: 'switch',
      help: t('products.approvalHelp'),
      when: held,
    },
    {
      at: 'subscriptionsLimit',
      label: t('products.limit'),
      kind: 'number',
      help: t('products.limitHelp'),
      when: held,
    },
    {
      at: 'terms',
      label: t('products.terms'),
      kind: 'area',
      help: t('products.termsHelp'),
      section: under('terms'),
    },
  ];
}
