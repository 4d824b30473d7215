import { Button, Card, Group, SimpleGrid, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useSession } from '../api/session.ts';
import { Page } from '../base/Page.tsx';
import { Refusal } from '../base/Refusal.tsx';
import { PageLink } from '../base/Shell.tsx';
import { NoApis } from './apis/NoApis.tsx';
import { apisQuery, productsQuery } from './data.ts';

const SHOWN = 6;

export function Home() {
  const { t } = useTranslation(['developer', 'base']);
  const { site, user } = useSession();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const apis = useQuery(apisQuery('', '', 0, SHOWN));
  const products = useQuery(productsQuery(0, SHOWN));
  return (
    <Page title={t('home.window')} bare>
      <div className="dev-hero">
        <Title order={1}>{t('home.title', { name: site.name })}</Title>
        <Text c="dimmed" mt={6} maw={620}>
          {t('home.lead')}
        </Text>
        <search>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              go(text.trim() ? `/apis?search=${encodeURIComponent(text.trim())}` : '/apis');
            }}
          >
            <Group gap="xs" mt="lg" maw={560} wrap="nowrap">
              <TextInput
                flex={1}
                size="md"
                role="searchbox"
                aria-label={t('home.search')}
                placeholder={t('home.search')}
                leftSection={<Search size={17} aria-hidden />}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Button type="submit" size="md">
                {t('base:search')}
              </Button>
            </Group>
          </form>
        </search>
      </div>
      <section aria-labelledby="home-apis">
        <Group justify="space-between" mt="xl" mb="sm">
          <Title order={2} id="home-apis">
            {t('nav.apis')}
          </Title>
          {(apis.data?.count ?? 0) > SHOWN && (
            <PageLink to="/apis">{t('home.allApis', { count: apis.data?.count ?? 0 })}</PageLink>
          )}
        </Group>
        <Refusal error={apis.error} />
        {apis.data?.count === 0 && <NoApis />}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
          {apis.data?.value.map(({ id, name, description, version, path }) => (
            <Card key={id} withBorder component={Link} href={`/apis/${encodeURIComponent(id)}`}>
              <Text fw={600}>
                {name} {version && <span className="dev-version">{version}</span>}
              </Text>
              <Text size="sm" c="dimmed" lineClamp={2} mt={2}>
                {description || `/${path}`}
              </Text>
            </Card>
          ))}
        </SimpleGrid>
      </section>
      <section aria-labelledby="home-start">
        <Title order={2} mt="xl" mb="sm" id="home-start">
          {t('home.start')}
        </Title>
        <ol className="dev-steps">
          <li data-done={user ? true : undefined}>
            <strong>{t('home.step1')}</strong>
            <Text size="sm" c="dimmed">
              {user ? t('account.signedIn', { email: user.email }) : t('home.step1text')}
            </Text>
            {!user && site.signUp.enabled && (
              <PageLink to="/signup">{t('base:signIn.signUp')}</PageLink>
            )}
          </li>
          <li>
            <strong>{t('home.step2')}</strong>
            <Text size="sm" c="dimmed">
              {t('home.step2text')}
            </Text>
            {products.data?.value.length === 0 && (
              <PageLink to="/products">{t('mine.toProducts')}</PageLink>
            )}
            {products.data?.value.map(({ id, name }, index) => (
              <span key={id}>
                {index > 0 && ' · '}
                <PageLink to={`/products/${encodeURIComponent(id)}`}>{name}</PageLink>
              </span>
            ))}
          </li>
          <li>
            <strong>{t('home.step3')}</strong>
            <Text size="sm" c="dimmed">
              {t('home.step3text')}
            </Text>
            <PageLink to="/apis">{t('home.step3link')}</PageLink>
          </li>
        </ol>
      </section>
    </Page>
  );
}
