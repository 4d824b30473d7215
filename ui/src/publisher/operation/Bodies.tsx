import { ActionIcon, Autocomplete, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Body, CONTENT_TYPES } from './model.ts';

type Props = {
  title: string;
  bodies: readonly Body[];
  onChange: (bodies: Body[]) => void;
  readOnly?: boolean;
};

/** Bodies of a request or a response: a content type and an example each. */
export function Bodies({ title, bodies, onChange, readOnly }: Props) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = (at: number, part: Partial<Body>) =>
    onChange(bodies.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <Stack gap="sm">
      {bodies.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while typed
        <div key={at} className="pub-box">
          <Group align="flex-end" wrap="nowrap" mb="xs">
            <Autocomplete
              style={{ flex: 1, maxWidth: 360 }}
              label={t('operation.contentType')}
              data={CONTENT_TYPES}
              value={one.contentType}
              disabled={readOnly}
              onChange={(contentType) => change(at, { contentType })}
            />
            {one.kept.typeName && (
              <Text size="sm" c="dimmed" pb={8}>
                {t('operation.schema')} <code>{one.kept.typeName}</code>
              </Text>
            )}
            {!readOnly && (
              <ActionIcon
                ml="auto"
                mb={4}
                variant="subtle"
                color="gray"
                aria-label={`${t('base:delete')}: ${title} ${one.contentType}`}
                onClick={() => onChange(bodies.filter((_, i) => i !== at))}
              >
                <Trash2 size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
          <Textarea
            label={t('operation.example')}
            autosize
            minRows={3}
            maxRows={16}
            spellCheck={false}
            styles={{
              input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 },
            }}
            value={one.example}
            disabled={readOnly}
            onChange={(event) => change(at, { example: event.currentTarget.value })}
          />
        </div>
      ))}
      {!readOnly && (
        <Button
          size="xs"
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() =>
            onChange([
              ...bodies,
              {
                contentType: 'application/json',
                example: '',
                kept: { contentType: 'application/json' },
              },
            ])
          }
        >
          {t('operation.addBody', { title: title.toLowerCase() })}
        </Button>
      )}
    </Stack>
  );
}
