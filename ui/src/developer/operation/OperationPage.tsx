import { Badge, Button, Group, Switch, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Crumbs } from '../../base/Crumbs.tsx';
import { NotFound } from '../../base/NotFound.tsx';
import { Page } from '../../base/Page.tsx';
import { CodePanel } from '../../parts/CodePanel.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { VerbBadge } from '../../parts/VerbBadge.tsx';
import { samplesOf } from '../../snippets/samples.ts';
import { batchOf } from '../batch/operations.ts';
import {
  type ApiDetails,
  apiQuery,
  type Operation,
  operationLink,
  operationsQuery,
} from '../data.ts';
import { callOf, PLACEHOLDER } from './form.ts';
import { Request } from './Request.tsx';
import { Responses } from './Responses.tsx';
import { useCallForm } from './useCallForm.ts';
import { useKeys } from './useKeys.ts';

const TryIt = lazy(() => import('./TryIt.tsx'));

type Params = { params: { api: string; operation: string } };

/** One operation: what it takes and gives, its samples, and a way to try it. */
export default function OperationPage({ params }: Params) {
  const id = decodeURIComponent(params.api);
  const api = useSuspenseQuery(apiQuery(id)).data;
  const operations = useSuspenseQuery(operationsQuery(id)).data.value;
  const wanted = decodeURIComponent(params.operation);
  const operation = operations.find((one) => one.id === wanted);
  if (!operation) return <NotFound />;
  return <Shown key={operation.id} api={api} operations={operations} operation={operation} />;
}

type Props = { api: ApiDetails; operations: Operation[]; operation: Operation };

function Shown({ api, operations, operation }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  const [opened, { open, close }] = useDisclosure(false);
  // The drawer stays once it was there, so that it can go gently.
  const [wanted, setWanted] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const [ownKey, setOwnKey] = useState(false);
  const call = useCallForm(api.id, operation);
  const keys = useKeys(api);
  const wantsKey = api.subscriptionRequired;
  const shownKey = wantsKey ? (ownKey && keys.key) || PLACEHOLDER : null;
  const written = callOf(api, operation, call.form, shownKey);
  const home = `/apis/${encodeURIComponent(api.id)}`;
  const showKey = (on: boolean) => {
    setOwnKey(on);
    const [first] = keys.groups;
    if (on && !keys.key && first?.items[0]) void keys.choose(first.items[0].value);
  };
  const trail = [
    { to: '/apis', label: t('nav.apis') },
    { to: home, label: api.version ? `${api.name} ${api.version}` : api.name },
  ];
  const tryable = api.type !== 'websocket';
  return (
    <Page title={operation.name} bare>
      <div className="dev-operation">
        <nav className="dev-siblings" aria-label={t('api.operations')}>
          {operations.map((one) => (
            <Link
              key={one.id}
              href={operationLink(api.id, one.id)}
              aria-current={one.id === operation.id ? 'page' : undefined}
            >
              <VerbBadge method={one.method} />
              <span>{one.name}</span>
            </Link>
          ))}
        </nav>
        <div className="dev-middle">
          <Crumbs trail={trail} here={operation.name} />
          <Group justify="space-between" align="flex-start">
            <Title order={1}>{operation.name}</Title>
            <Group gap="xs">
              {batchOf(operations)?.ids.includes(operation.id) && (
                <Button component={Link} href={`${home}/batch`} variant="default">
                  {t('batch.open')}
                </Button>
              )}
              {tryable && (
                <Button
                  ref={opener}
                  leftSection={<Play size={15} aria-hidden />}
                  onClick={() => {
                    setWanted(true);
                    open();
                  }}
                >
                  {t('try.open')}
                </Button>
              )}
            </Group>
          </Group>
          {operation.description && (
            <Text mt="xs" style={{ whiteSpace: 'pre-line' }}>
              {operation.description}
            </Text>
          )}
          {operation.tags.length > 0 && (
            <Group gap={4} mt="xs">
              {operation.tags.map((tag) => (
                <Badge key={tag} color="gray">
                  {tag}
                </Badge>
              ))}
            </Group>
          )}
          <div className="dev-endpoint">
            <VerbBadge method={operation.method} />
            <code>
              <span className="dev-base">{api.urls[0]}</span>
              {operation.urlTemplate}
            </code>
            <CopyButton
              value={`${api.urls[0]}${operation.urlTemplate}`}
              label={t('api.copyAddress')}
            />
          </div>
          <Request api={api} operation={operation} />
          <Responses operation={operation} />
        </div>
        <aside className="dev-samples" aria-label={t('operation.samples')}>
          <CodePanel
            label={t('operation.samples')}
            samples={samplesOf(written)}
            foot={
              user && wantsKey && keys.groups.length > 0 ? (
                <div className="dev-panel-foot">
                  <Switch
                    size="xs"
                    label={t('operation.ownKey')}
                    checked={ownKey}
                    onChange={(event) => showKey(event.currentTarget.checked)}
                  />
                </div>
              ) : null
            }
          />
        </aside>
      </div>
      {wanted && (
        <Suspense>
          <TryIt
            opened={opened}
            api={api}
            operation={operation}
            call={call}
            keys={keys}
            onClose={close}
            onClosed={() => opener.current?.focus()}
          />
        </Suspense>
      )}
    </Page>
  );
}
