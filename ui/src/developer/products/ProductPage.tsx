import { Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Crumbs } from '../../base/Crumbs.tsx';
import { Page } from '../../base/Page.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { Empty } from '../../parts/Empty.tsx';
import { productQuery } from '../data.ts';
import { Subscribe } from './Subscribe.tsx';

export default function ProductPage({ params }: { params: { product: string } }) {
  const { t } = useTranslation('developer');
  const product = useSuspenseQuery(productQuery(decodeURIComponent(params.product))).data;
  return (
    <Page
      title={product.name}
      lead={product.description}
      above={<Crumbs trail={[{ to: '/products', label: t('nav.products') }]} here={product.name} />}
    >
      <div className="dev-two">
        <div>
          <Title order={2} mb="xs">
            {t('products.in')}
          </Title>
          {product.apis.length ? (
            <ul className="dev-held">
              {product.apis.map(({ id, name, description }) => (
                <li key={id}>
                  <PageLink to={`/apis/${encodeURIComponent(id)}`}>{name}</PageLink>
                  {description && (
                    <Text size="sm" c="dimmed" lineClamp={2}>
                      {description}
                    </Text>
                  )}
                </li>
              ))}
            </ul>
          ) : (
            <Empty text={t('products.noApis')} />
          )}
          {product.terms && (
            <>
              <Title order={2} mt="xl" mb="xs">
                {t('products.terms')}
              </Title>
              <Text className="dev-terms">{product.terms}</Text>
            </>
          )}
        </div>
        <Subscribe product={product} />
      </div>
    </Page>
  );
}
