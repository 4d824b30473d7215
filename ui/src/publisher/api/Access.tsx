import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Memberships } from '../parts/Memberships.tsx';
import { at } from '../rest/management.ts';

/** The products that an API is part of, and the tags it is found under. */
export function Access({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
      <Memberships
        title={t('products.title')}
        help={t('api.productsHelp')}
        all="/products"
        own={at`/apis/${id}/products`}
        link={(product) => at`/products/${product}/apis/${id}`}
        empty={t('products.empty')}
      />
      <Memberships
        title={t('tags.title')}
        help={t('tags.lead')}
        all="/tags"
        own={at`/apis/${id}/tags`}
        link={(tag) => at`/apis/${id}/tags/${tag}`}
        empty={t('tags.empty')}
      />
    </SimpleGrid>
  );
}
