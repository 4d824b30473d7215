import { Badge, Group, Skeleton, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../../base/Refusal.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { CodeView } from '../../parts/CodeView.tsx';
import { EntityPicker } from '../parts/EntityPicker.tsx';
import { at, useRead } from '../rest/management.ts';
import { kindOf } from './elements.ts';
import { partsOf, policyPage } from './scope.ts';

type Told = {
  sections: { name: string; policies: { scope: string; name: string; text: string }[] }[];
};

/** What is in force here: the documents of all scopes joined, each with its origin. */
export function Effective({ scope }: { scope: string }) {
  const { t } = useTranslation('publisher');
  const { api } = partsOf(scope);
  const [product, setProduct] = useState<string | null>(null);
  const query = { scope, productId: product ?? '' };
  const { data, error } = useRead<Told>('/effectivePolicy', query);
  return (
    <div>
      {api && <Products api={api} value={product} onChange={setProduct} />}
      <Refusal error={error} />
      {!data && !error && <Skeleton h={240} />}
      {data?.sections.map((section) => (
        <section key={section.name} className="pub-section">
          <Title order={2}>
            <code>{section.name}</code>
          </Title>
          {!section.policies.length && (
            <Text size="sm" c="dimmed">
              {t('policies.nothing')}
            </Text>
          )}
          <ol className="pub-steps">
            {section.policies.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
              <li key={index}>
                <Origin scope={one.scope} />
                <div className="app-panel">
                  <CodeView code={one.text} language="xml" label={one.name} />
                </div>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Origin({ scope }: { scope: string }) {
  const { t } = useTranslation('publisher');
  const kind = kindOf(scope);
  return (
    <Group gap={8} mb={4}>
      <Badge color={kind === 'global' ? 'gray' : 'accent'}>{t(`policies.scopes.${kind}`)}</Badge>
      <Text size="sm">
        <PageLink to={policyPage(scope)}>{scope || t('policies.scopes.global')}</PageLink>
      </Text>
    </Group>
  );
}

type Chosen = { api: string; value: string | null; onChange: (id: string | null) => void };

function Products({ api, value, onChange }: Chosen) {
  const { t } = useTranslation('publisher');
  const root = api.split(';rev=')[0] ?? api;
  return (
    <EntityPicker
      label={t('policies.through')}
      description={t('policies.throughHelp')}
      w={320}
      mb="md"
      clearable
      placeholder={t('policies.noProduct')}
      path={at`/apis/${root}/products`}
      value={value}
      onChange={onChange}
    />
  );
}
