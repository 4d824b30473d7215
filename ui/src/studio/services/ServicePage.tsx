import { Button, Group, Tabs } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Play, Settings2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post, remove } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { endpointsQuery, serviceQuery, useBase, useForget, useMayEdit } from '../data/queries.ts';
import { MetricsTab } from '../metrics/MetricsTab.tsx';
import { Dashboard } from './Dashboard.tsx';
import { Endpoints } from './Endpoints.tsx';
import { SwaggerView } from './SwaggerView.tsx';
import { TestForm } from './TestForm.tsx';
import { Versions } from './Versions.tsx';

const TABS = ['dashboard', 'metrics', 'endpoints', 'versions', 'swagger'] as const;

/** One web service: how it is called, its endpoints, its description. */
export function ServicePage({ id, tab }: { id: string; tab: string }) {
  const { t } = useTranslation(['studio', 'base']);
  const { api, services } = useBase();
  const [, go] = useLocation();
  const edits = useMayEdit();
  const { user } = useSession();
  const confirm = useConfirm();
  const forget = useForget();
  const [testing, setTesting] = useState(false);
  const [busy, setBusy] = useState(false);
  const { data: service } = useSuspenseQuery(serviceQuery(services, id));
  const { data: endpoints } = useSuspenseQuery(endpointsQuery(services, id));
  const default_ = endpoints.find(({ Name }) => Name === service.DefaultEndpointName);
  const manage = async () => {
    setBusy(true);
    try {
      const made = await post<{ ApiId?: string; apiId?: string; id?: string }>(
        `${api}/webservices/${id}/manage`,
        {},
      );
      toast.done(t('services.managed'));
      const name = made?.ApiId ?? made?.apiId ?? made?.id?.split('/').pop();
      window.location.assign(name ? `/publisher/apis/${encodeURIComponent(name)}` : '/publisher');
    } catch (error) {
      toast.failed(error);
      setBusy(false);
    }
  };
  const forgetIt = async () => {
    const sure = await confirm({
      title: t('remove.title', { name: service.Name }),
      body: t('services.removeBody'),
      action: t('base:delete'),
      danger: true,
      typed: service.Name,
    });
    if (!sure) return;
    try {
      await remove(`${services}/${id}`);
      toast.done(t('remove.done', { name: service.Name }));
      go('/services');
      await forget('services');
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Page
      title={service.Name}
      lead={service.Description}
      above={<Crumbs trail={[{ to: '/services', label: t('nav.services') }]} here={service.Name} />}
      actions={
        <Group gap="xs">
          <Button leftSection={<Play size={15} aria-hidden />} onClick={() => setTesting(true)}>
            {t('test.action')}
          </Button>
          {user?.role === 'owner' && (
            <Button
              variant="default"
              loading={busy}
              leftSection={<Settings2 size={15} aria-hidden />}
              onClick={() => void manage()}
            >
              {t('services.manage')}
            </Button>
          )}
          {edits && (
            <Button
              variant="default"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => void forgetIt()}
            >
              {t('base:delete')}
            </Button>
          )}
        </Group>
      }
    >
      <Tabs
        value={TABS.includes(tab as 'swagger') ? tab : 'dashboard'}
        onChange={(next) =>
          go(next === 'dashboard' ? `/services/${id}` : `/services/${id}/${next}`)
        }
        keepMounted={false}
      >
        <Tabs.List mb="lg" className="st-tabs">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`services.tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="dashboard">
          {default_ && <Dashboard service={service} endpoint={default_} />}
        </Tabs.Panel>
        <Tabs.Panel value="metrics">
          <MetricsTab service={service} endpoints={endpoints} />
        </Tabs.Panel>
        <Tabs.Panel value="endpoints">
          <Endpoints service={service} endpoints={endpoints} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions service={service.Id} endpoint={service.DefaultEndpointName} />
        </Tabs.Panel>
        <Tabs.Panel value="swagger">
          <SwaggerView service={service.Id} endpoint={service.DefaultEndpointName} />
        </Tabs.Panel>
      </Tabs>
      {default_ && (
        <TestForm
          service={service}
          endpoint={default_}
          opened={testing}
          onClose={() => setTesting(false)}
        />
      )}
    </Page>
  );
}
