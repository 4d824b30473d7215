import { Badge, Button, SimpleGrid, Tabs } from '@mantine/core';
import { Eye, EyeOff } from 'lucide-react';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Crumbs } from '../../base/Crumbs.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { EntityForm } from '../parts/EntityForm.tsx';
import { sendable } from '../parts/fields.ts';
import { Memberships } from '../parts/Memberships.tsx';
import { TabRow } from '../parts/TabRow.tsx';
import { at, type Read, useChange, useEntity, useMayWrite } from '../rest/management.ts';
import { SubscriptionList } from '../subscriptions/SubscriptionList.tsx';
import { type Product, useProductFields } from './fields.ts';

const PolicyEditor = lazy(() =>
  import('../policies/PolicyEditor.tsx').then(({ PolicyEditor: page }) => ({ default: page })),
);
const TABS = ['settings', 'content', 'policies', 'subscriptions'] as const;

/** One product: what it says, what it bundles, who sees it, what holds in it. */
export function ProductPage({ id, tab }: { id: string; tab: string }) {
  const { t } = useTranslation('publisher');
  const product = useEntity<Product>(at`/products/${id}`);
  const [, go] = useLocation();
  const { displayName, state } = product.properties;
  return (
    <Page
      title={displayName}
      above={
        <Crumbs trail={[{ to: '/products', label: t('products.title') }]} here={displayName} />
      }
      lead={
        <Badge color={state === 'published' ? 'ok' : 'gray'}>{t(`products.states.${state}`)}</Badge>
      }
      actions={<Publish product={product} id={id} />}
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(to) => go(`${at`/products/${id}`}${to === 'settings' ? '' : `/${to}`}`)}
      >
        <TabRow open={tab}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`products.tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </TabRow>
        <Tabs.Panel value="settings">
          <Settings key={product.etag} product={product} id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="content">
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
            <Memberships
              title={t('apis.title')}
              help={t('products.apisHelp')}
              all="/apis"
              filter="isCurrent eq true"
              own={at`/products/${id}/apis`}
              link={(api) => at`/products/${id}/apis/${api}`}
              empty={t('apis.empty')}
            />
            <Memberships
              title={t('products.visibility')}
              help={t('products.visibilityHelp')}
              all="/groups"
              own={at`/products/${id}/groups`}
              link={(group) => at`/products/${id}/groups/${group}`}
              empty={t('groups.empty')}
            />
            <Memberships
              title={t('tags.title')}
              all="/tags"
              own={at`/products/${id}/tags`}
              link={(tag) => at`/products/${id}/tags/${tag}`}
              empty={t('tags.empty')}
            />
          </SimpleGrid>
        </Tabs.Panel>
        <Tabs.Panel value="policies">
          <PolicyEditor scope={`products/${id}`} />
        </Tabs.Panel>
        <Tabs.Panel value="subscriptions">
          <SubscriptionList path={at`/products/${id}/subscriptions`} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Settings({ product, id }: { product: Read<Product>; id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const fields = useProductFields({ headed: true });
  const change = useChange();
  const mayWrite = useMayWrite();
  return (
    <EntityForm
      fields={fields}
      initial={product.properties}
      readOnly={!mayWrite}
      action={t('base:save')}
      onSave={async (values) => {
        const properties = sendable(fields, values, true);
        if (!values.subscriptionRequired) properties.approvalRequired = false;
        await change('PATCH', at`/products/${id}`, { properties, etag: product.etag });
        toast.done(t('base:saved'));
      }}
    />
  );
}

function Publish({ product, id }: { product: Read<Product>; id: string }) {
  const { t } = useTranslation('publisher');
  const change = useChange();
  const confirm = useConfirm();
  const mayWrite = useMayWrite();
  if (!mayWrite) return null;
  const published = product.properties.state === 'published';
  const turn = async () => {
    const name = product.properties.displayName;
    if (published) {
      const sure = await confirm({
        title: t('products.unpublishTitle', { name }),
        body: t('products.unpublishBody'),
        action: t('products.unpublish'),
        danger: true,
      });
      if (!sure) return;
    }
    try {
      const properties = { state: published ? 'notPublished' : 'published' };
      await change('PATCH', at`/products/${id}`, { properties, etag: product.etag });
      toast.done(published ? t('products.unpublished') : t('products.published'));
    } catch (error) {
      toast.failed(error);
    }
  };
  const Icon = published ? EyeOff : Eye;
  return (
    <Button
      variant={published ? 'default' : 'filled'}
      leftSection={<Icon size={15} aria-hidden />}
      onClick={() => void turn()}
    >
      {published ? t('products.unpublish') : t('products.publish')}
    </Button>
  );
}
