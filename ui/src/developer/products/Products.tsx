import { Badge, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { productsQuery } from '../data.ts';
import { NoProducts } from './NoProducts.tsx';

export default function Products() {
  const { t } = useTranslation('developer');
  const products = useSuspenseQuery(productsQuery(0, 1000)).data.value;
  return (
    <Page title={t('nav.products')} lead={t('products.lead')}>
      {!products.length && <NoProducts />}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {products.map((product) => (
          <Card key={product.id} withBorder>
            <Group justify="space-between" align="flex-start" wrap="nowrap">
              <Title order={2}>
                <PageLink to={`/products/${encodeURIComponent(product.id)}`}>
                  {product.name}
                </PageLink>
              </Title>
              {product.subscriptions > 0 && (
                <Badge color="ok">
                  {t('products.subscribed', { count: product.subscriptions })}
                </Badge>
              )}
            </Group>
            {product.description && (
              <Text size="sm" c="dimmed" mt={4}>
                {product.description}
              </Text>
            )}
            <Text size="sm" mt="sm">
              {t('products.apis', { count: product.apis.length })}
              {product.approvalRequired && ` · ${t('products.approval')}`}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
}
