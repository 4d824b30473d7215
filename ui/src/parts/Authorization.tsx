import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { time } from '../base/format.ts';
import { Refusal } from '../base/Refusal.tsx';
import {
  type Grant,
  headerOf,
  type Source,
  sourcesQuery,
  type Token,
  tokenOfClient,
  tokenOfPerson,
} from './authorization.ts';

type Props = { api: string; onToken: (header: string | null) => void };

/** A token for calls of an API, from the servers that its publisher names. */
export function Authorization({ api, onToken }: Props) {
  const { t } = useTranslation('base');
  const { data: sources = [] } = useQuery(sourcesQuery(api));
  const [chosen, setChosen] = useState('');
  const source = sources.find(({ id }) => id === chosen) ?? sources[0];
  if (!source) return null;
  return (
    <div>
      {sources.length > 1 && (
        <Select
          label={t('authorization.source')}
          allowDeselect={false}
          data={sources.map(({ id, name }) => ({ value: id, label: name }))}
          value={source.id}
          onChange={(id) => setChosen(id ?? '')}
          mb="xs"
        />
      )}
      <Getting key={source.id} api={api} source={source} onToken={onToken} />
    </div>
  );
}

function Getting({ api, source, onToken }: Props & { source: Source }) {
  const { t } = useTranslation('base');
  const [scope, setScope] = useState(source.scope);
  const [until, setUntil] = useState<number | null>(null);
  const [held, setHeld] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const { mutate, error, isPending, variables, reset } = useMutation({
    mutationFn: (grant: Grant): Promise<Token> => {
      stop.current = new AbortController();
      return grant === 'clientCredentials'
        ? tokenOfClient(api, source.id, scope)
        : tokenOfPerson(api, source.id, scope, stop.current.signal);
    },
    onSuccess: (token) => {
      setHeld(true);
      setUntil(token.expiresIn === undefined ? null : Date.now() + 1000 * token.expiresIn);
      onToken(headerOf(token));
    },
  });
  const waits = isPending && variables === 'authorizationCode';
  const stopped = error instanceof DOMException && error.name === 'AbortError';
  return (
    <>
      <TextInput
        label={t('authorization.scope')}
        description={source.description || undefined}
        value={scope}
        onChange={(event) => setScope(event.currentTarget.value)}
      />
      <Group gap="xs" mt="xs">
        {source.grants.map((grant) => (
          <Button
            key={grant}
            size="xs"
            variant="default"
            loading={isPending && variables === grant}
            disabled={isPending}
            leftSection={<KeyRound size={14} aria-hidden />}
            onClick={() => mutate(grant)}
          >
            {grant === 'clientCredentials'
              ? t('authorization.asClient')
              : t('authorization.asPerson', { name: source.name })}
          </Button>
        ))}
        {waits && (
          <Button size="xs" variant="subtle" onClick={() => stop.current?.abort()}>
            {t('cancel')}
          </Button>
        )}
        {held && !isPending && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<X size={14} aria-hidden />}
            onClick={() => {
              setHeld(false);
              reset();
              onToken(null);
            }}
          >
            {t('authorization.forget')}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" mt={6} role="status">
        {waits
          ? t('authorization.waiting')
          : held
            ? until === null
              ? t('authorization.held')
              : t('authorization.heldUntil', { time: time(until) })
            : null}
      </Text>
      {!stopped && <Refusal error={error} />}
    </>
  );
}
