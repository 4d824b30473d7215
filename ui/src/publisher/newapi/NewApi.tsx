import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Crumbs } from '../../base/Crumbs.tsx';
import { Page } from '../../base/Page.tsx';
import { TabRow } from '../parts/TabRow.tsx';
import { Blank } from './Blank.tsx';
import { FromDocument } from './FromDocument.tsx';
import { FromService } from './FromService.tsx';

/** A new API: by hand, from a document, or from a web service of the studio. */
export function NewApi({ way }: { way: string }) {
  const { t } = useTranslation('publisher');
  const [, go] = useLocation();
  return (
    <Page
      title={t('newApi.title')}
      above={<Crumbs trail={[{ to: '/apis', label: t('apis.title') }]} here={t('newApi.title')} />}
    >
      <Tabs
        value={way}
        onChange={(to) => go(`/apis/new/${to}`, { replace: true })}
        keepMounted={false}
      >
        <TabRow open={way}>
          <Tabs.Tab value="blank">{t('apis.blank')}</Tabs.Tab>
          <Tabs.Tab value="document">{t('apis.document')}</Tabs.Tab>
          <Tabs.Tab value="service">{t('apis.service')}</Tabs.Tab>
        </TabRow>
        <Tabs.Panel value="blank">
          <Blank />
        </Tabs.Panel>
        <Tabs.Panel value="document">
          <FromDocument />
        </Tabs.Panel>
        <Tabs.Panel value="service">
          <FromService />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
