import { Badge, Button, Group, Menu, Select, Tabs, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { ChevronDown, Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Crumbs } from '../../base/Crumbs.tsx';
import { Page } from '../../base/Page.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { batchOf } from '../batch/operations.ts';
import { type ApiDetails, apiPath, apiQuery, operationsQuery } from '../data.ts';
import { ChangeLog } from './ChangeLog.tsx';
import { Issues } from './Issues.tsx';
import { Operations } from './Operations.tsx';

const TABS = ['operations', 'changes', 'issues'] as const;

/** An API: what it is, what it can do, what changed, what people ask. */
export default function ApiPage({ params }: { params: { api: string; tab?: string } }) {
  const { t } = useTranslation(['developer', 'base']);
  const id = decodeURIComponent(params.api);
  const api = useSuspenseQuery(apiQuery(id)).data;
  const operations = useSuspenseQuery(operationsQuery(id)).data.value;
  const [, go] = useLocation();
  const home = `/apis/${encodeURIComponent(id)}`;
  const tab = TABS.find((name) => name === params.tab) ?? 'operations';
  return (
    <Page
      title={api.name}
      lead={api.description}
      above={<Crumbs trail={[{ to: '/apis', label: t('nav.apis') }]} here={api.name} />}
      actions={
        <>
          <Versions api={api} />
          {batchOf(operations) && (
            <Button component={Link} href={`${home}/batch`} variant="default">
              {t('batch.open')}
            </Button>
          )}
          <Definition id={id} />
        </>
      }
    >
      <Facts api={api} />
      <Tabs
        value={tab}
        onChange={(to) => go(to === 'operations' ? home : `${home}/${to}`)}
        keepMounted={false}
        mt="lg"
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="operations">{t('api.operations')}</Tabs.Tab>
          <Tabs.Tab value="changes">{t('api.changes')}</Tabs.Tab>
          <Tabs.Tab value="issues">{t('api.issues')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="operations">
          <Operations api={id} operations={operations} />
        </Tabs.Panel>
        <Tabs.Panel value="changes">
          <ChangeLog api={api} />
        </Tabs.Panel>
        <Tabs.Panel value="issues">
          <Issues api={id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Versions({ api }: { api: ApiDetails }) {
  const { t } = useTranslation('developer');
  const [, go] = useLocation();
  if (api.versions.length < 2) return api.version ? <Badge>{api.version}</Badge> : null;
  return (
    <Select
      w={140}
      aria-label={t('apis.version')}
      allowDeselect={false}
      value={api.id}
      data={api.versions.map(({ id, version }) => ({
        value: id,
        label: version ?? t('api.original'),
      }))}
      onChange={(chosen) => chosen && go(`/apis/${encodeURIComponent(chosen)}`)}
    />
  );
}

function Definition({ id }: { id: string }) {
  const { t } = useTranslation('developer');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Download size={15} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
        >
          OpenAPI
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['json', 'yaml'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            download
            href={`${apiPath(id)}/openapi?format=${format}`}
          >
            {t('api.download', { format: format.toUpperCase() })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Facts({ api }: { api: ApiDetails }) {
  const { t } = useTranslation(['developer', 'base']);
  const { contact, license } = api;
  return (
    <dl className="dev-facts">
      <dt>{t('apis.address')}</dt>
      <dd>
        {api.urls.map((url) => (
          <Group key={url} gap={2} wrap="nowrap">
            <code className="app-code">{url}</code>
            <CopyButton value={url} label={t('api.copyAddress')} />
          </Group>
        ))}
      </dd>
      {api.products.length > 0 && (
        <>
          <dt>{t('nav.products')}</dt>
          <dd>
            {api.products.map(({ id, name }, at) => (
              <span key={id}>
                {at > 0 && ', '}
                <PageLink to={`/products/${encodeURIComponent(id)}`}>{name}</PageLink>
              </span>
            ))}
          </dd>
        </>
      )}
      <dt>{t('api.key')}</dt>
      <dd>
        {api.subscriptionRequired ? (
          <Text size="sm">
            {t('api.keyIn')} <code className="app-code">{api.keyNames.header}</code>
          </Text>
        ) : (
          t('api.noKey')
        )}
      </dd>
      {contact && (contact.name || contact.email || contact.url) && (
        <>
          <dt>{t('api.contact')}</dt>
          <dd>
            {contact.name}{' '}
            {contact.email && <a href={`mailto:${contact.email}`}>{contact.email}</a>}{' '}
            {safe(contact.url) && <a href={safe(contact.url)}>{contact.url}</a>}
          </dd>
        </>
      )}
      {license?.name && (
        <>
          <dt>{t('api.license')}</dt>
          <dd>
            {safe(license.url) ? <a href={safe(license.url)}>{license.name}</a> : license.name}
          </dd>
        </>
      )}
      {safe(api.termsOfServiceUrl) && (
        <>
          <dt>{t('products.terms')}</dt>
          <dd>
            <a href={safe(api.termsOfServiceUrl)}>{api.termsOfServiceUrl}</a>
          </dd>
        </>
      )}
      {api.tags.length > 0 && (
        <>
          <dt>{t('apis.tags')}</dt>
          <dd>
            {api.tags.map((tag) => (
              <Badge key={tag} color="gray" mr={4}>
                {tag}
              </Badge>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Publishers write these addresses; only those of the web become links. */
function safe(url: string | null | undefined): string | undefined {
  return url && /^https?:\/\//i.test(url) ? url : undefined;
}
