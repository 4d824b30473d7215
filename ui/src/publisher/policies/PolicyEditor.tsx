import { Alert, Button, Group, List, Tabs, Text } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { CircleCheck, Trash2, TriangleAlert } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { worded } from '../../base/worded.ts';
import { XmlEditor } from '../../parts/XmlEditor.tsx';
import { useAsk, useChange, useMaybeEntity, useMayWrite } from '../rest/management.ts';
import { Effective } from './Effective.tsx';
import { blank, inserted, kindOf, type PolicyElement } from './elements.ts';
import { Shelf } from './Shelf.tsx';
import { policyPath } from './scope.ts';
import { useOffers } from './useOffers.ts';
import { usePolicySchema, usePolicyShelf } from './usePolicySchema.ts';

type Problem = { line: number; column: number; element: string | null; message: string };
type Verdict = { valid: boolean; problems: Problem[] };
type Document = { value: string };

/** The document of one scope, judged by the gateway's own compiler while it is typed. */
export function PolicyEditor({ scope }: { scope: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const path = policyPath(scope);
  const found = useMaybeEntity<Document>(path, { format: 'rawxml' });
  const elements = usePolicyShelf();
  const schema = usePolicySchema();
  const offers = useOffers();
  const mayWrite = useMayWrite();
  const kind = kindOf(scope);
  const saved = found?.properties.value ?? blank(kind);
  const [draft, setDraft, forget] = useSessionStorage<string | null>({
    key: `bramka-policy:${scope}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const text = mayWrite ? (draft ?? saved) : saved;
  const [etag, setEtag] = useState(found?.etag);
  const [problems, setProblems] = useState<Problem[] | null>(null);
  const [refused, setRefused] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const cursor = useRef<() => number>(() => 0);
  const change = useChange();
  const ask = useAsk();
  const confirm = useConfirm();
  const diagnose = useCallback(
    async (value: string) => {
      const body = { scope, value, format: 'rawxml' };
      try {
        const { problems: told } = await ask<Verdict>('POST', '/validatePolicy', { body });
        const here = told.map((one) => ({ ...one, message: worded(one.message) }));
        setProblems(here);
        return here;
      } catch {
        // What cannot be judged now is judged when it is saved.
        setProblems(null);
        return [];
      }
    },
    [ask, scope],
  );
  const type = (value: string) => {
    if (draft === null) setEtag(found?.etag);
    if (value === saved) forget();
    else setDraft(value);
    setRefused(null);
  };
  const save = async () => {
    setSaving(true);
    setRefused(null);
    try {
      const properties = { value: text, format: 'rawxml' };
      await change('PUT', path, { properties, etag: found ? etag : undefined });
      forget();
      toast.done(t('policies.saved'));
    } catch (error) {
      setRefused(error);
    } finally {
      setSaving(false);
    }
  };
  const remove = async () => {
    const sure = await confirm({
      title: t('policies.remove.title'),
      body: t('policies.remove.body', { scope: scope || t('policies.scopes.global') }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    try {
      await change('DELETE', path, { etag: '*' });
      forget();
      toast.done(t('policies.removed'));
    } catch (error) {
      toast.failed(error);
    }
  };
  const insert = (one: PolicyElement) => {
    const { text: next, at } = inserted(text, cursor.current(), one);
    if (at < 0) return toast.failed(new Error(t('policies.noSection')));
    type(next);
  };
  return (
    <Tabs defaultValue="document" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="document">{t('policies.document')}</Tabs.Tab>
        <Tabs.Tab value="effective">{t('policies.effective')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="document">
        {!found && (
          <Text size="sm" c="dimmed" mb="xs">
            {t('policies.none')}
          </Text>
        )}
        {draft !== null && mayWrite && (
          <Group gap="xs" mb="xs">
            <Text size="sm">{t('policies.draft')}</Text>
            <Button size="compact-xs" variant="default" onClick={forget}>
              {t('policies.discard')}
            </Button>
          </Group>
        )}
        <div className="pub-policy">
          <div>
            <XmlEditor
              label={t('policies.editor')}
              value={text}
              onChange={type}
              readOnly={!mayWrite}
              minHeight={420}
              elements={schema}
              offers={offers}
              diagnose={mayWrite ? diagnose : undefined}
              onReady={(_, where) => {
                cursor.current = where;
              }}
            />
            <Judgement problems={mayWrite ? problems : null} />
            <Refused error={refused} judged={Boolean(problems?.length)} />
            {mayWrite && (
              <Group mt="sm">
                <Button
                  loading={saving}
                  disabled={draft === null && found !== null}
                  onClick={() => void save()}
                >
                  {t('base:save')}
                </Button>
                {found && (
                  <Button
                    variant="subtle"
                    color="danger"
                    leftSection={<Trash2 size={15} aria-hidden />}
                    onClick={() => void remove()}
                  >
                    {t('policies.remove.action')}
                  </Button>
                )}
              </Group>
            )}
          </div>
          <Shelf elements={elements} kind={kind} onInsert={mayWrite ? insert : undefined} />
        </div>
      </Tabs.Panel>
      <Tabs.Panel value="effective">
        <Effective scope={scope} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Why it was not saved: what is told above already is not told again. */
function Refused({ error, judged }: { error: unknown; judged: boolean }) {
  const { t } = useTranslation('publisher');
  const invalid = error instanceof ApiError && error.code === 'ValidationError';
  const shown = judged && invalid ? new Error(t('policies.mendFirst')) : error;
  return <Refusal error={shown} title={t('policies.refused')} />;
}

/** What the server says of the text, in words: marks alone are not read out. */
function Judgement({ problems }: { problems: Problem[] | null }) {
  const { t } = useTranslation('publisher');
  if (!problems) return null;
  return (
    <div aria-live="polite">
      {problems.length ? (
        <Alert
          my="sm"
          color="danger"
          icon={<TriangleAlert size={18} aria-hidden />}
          title={t('policies.problems', { count: problems.length })}
        >
          <List size="sm">
            {problems.map((one) => (
              <List.Item key={`${one.line}:${one.column}:${one.message}`}>
                <strong>{t('policies.place', { line: one.line, column: one.column })}</strong>{' '}
                {one.element && !one.message.includes(`<${one.element}>`) && (
                  <code>{`<${one.element}>`}</code>
                )}{' '}
                {one.message}
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : (
        <Group gap={6} my="xs">
          <CircleCheck size={15} aria-hidden color="var(--mantine-color-ok-text)" />
          <Text size="sm" c="dimmed">
            {t('policies.valid')}
          </Text>
        </Group>
      )}
    </div>
  );
}
