import { Badge, Button, Group, Select, Tabs, Text } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { TabRow } from '../parts/TabRow.tsx';
import { at, useChange, useEntity, useMayWrite, useRead } from '../rest/management.ts';
import { TestConsole } from '../testing/TestConsole.tsx';
import { Access } from './Access.tsx';
import { Export } from './Export.tsx';
import { type ApiProperties, pageOf, type Revision, rootOf } from './model.ts';
import { OperationList } from './OperationList.tsx';
import { Revisions } from './Revisions.tsx';
import { Settings } from './Settings.tsx';
import { Versions } from './Versions.tsx';

const ApiPolicies = lazy(() => import('./ApiPolicies.tsx'));
const TABS = [
  'operations',
  'settings',
  'policies',
  'test',
  'revisions',
  'versions',
  'access',
] as const;

/** One API, or one revision of it: everything there is to say about it. */
export function ApiPage({ id, tab }: { id: string; tab: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const api = useEntity<ApiProperties>(at`/apis/${id}`);
  const [, go] = useLocation();
  const { properties } = api;
  return (
    <Page
      title={properties.displayName}
      above={
        <Crumbs trail={[{ to: '/apis', label: t('apis.title') }]} here={properties.displayName} />
      }
      lead={<Address api={properties} />}
      actions={
        <>
          <RevisionChoice id={id} tab={tab} />
          <Export id={id} />
          <Remove id={id} name={properties.displayName} current={properties.isCurrent} />
        </>
      }
    >
      <Tabs value={tab} onChange={(to) => go(pageOf(id, to ?? 'operations'))} keepMounted={false}>
        <TabRow open={tab}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`api.tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </TabRow>
        <Tabs.Panel value="operations">
          <OperationList id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings key={api.etag} api={api} id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="policies">
          <ApiPolicies id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="test">
          <TestConsole api={properties} id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="revisions">
          <Revisions id={rootOf(id)} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions api={api} id={rootOf(id)} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <Access id={rootOf(id)} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Address({ api }: { api: ApiProperties }) {
  const { t } = useTranslation('publisher');
  const { site } = useSession();
  const revision = api.isCurrent ? '' : `;rev=${api.apiRevision}`;
  const url = `${site.gatewayUrl}/${api.path}${revision}`;
  return (
    <Group gap={6}>
      <Text component="code" size="sm" className="pub-wrap app-code">
        {url}
      </Text>
      <CopyButton value={url} label={t('api.copyUrl')} />
      {api.apiVersion && <Badge color="gray">{api.apiVersion}</Badge>}
      {!api.isCurrent && <Badge color="warn">{t('api.notCurrent')}</Badge>}
    </Group>
  );
}

function RevisionChoice({ id, tab }: { id: string; tab: string }) {
  const { t } = useTranslation('publisher');
  const [, go] = useLocation();
  const root = rootOf(id);
  const { data } = useRead<{ value: Revision[] }>(at`/apis/${root}/revisions`);
  const rows = data?.value ?? [];
  if (rows.length < 2) return null;
  const current = rows.find((one) => one.isCurrent)?.apiRevision ?? '1';
  const shown = id === root ? current : (id.split(';rev=')[1] ?? current);
  return (
    <Select
      w={250}
      aria-label={t('apis.revision')}
      allowDeselect={false}
      data={rows.map((one) => ({
        value: one.apiRevision,
        label: one.isCurrent
          ? t('api.revisionCurrent', { number: one.apiRevision })
          : t('api.revision', { number: one.apiRevision }),
      }))}
      value={shown}
      onChange={(number) =>
        number && go(pageOf(number === current ? root : `${root};rev=${number}`, tab))
      }
    />
  );
}

function Remove({ id, name, current }: { id: string; name: string; current: boolean }) {
  const { t } = useTranslation(['publisher', 'base']);
  const confirm = useConfirm();
  const change = useChange();
  const mayWrite = useMayWrite();
  const [, go] = useLocation();
  if (!mayWrite) return null;
  const remove = async () => {
    const sure = await confirm({
      title: t('remove.title', { name }),
      body: current ? t('api.removeBody', { name }) : t('api.removeRevision', { id }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await change('DELETE', at`/apis/${id}`, { etag: '*', query: { deleteRevisions: current } });
      toast.done(t('remove.done', { name }));
      go(current ? '/apis' : pageOf(rootOf(id), 'revisions'));
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Button
      variant="default"
      leftSection={<Trash2 size={15} aria-hidden />}
      onClick={() => void remove()}
    >
      {t('base:delete')}
    </Button>
  );
}
