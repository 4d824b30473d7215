import { Button, FileButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery, useSession } from '../../api/session.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { type Properties, useChange, useMaybeEntity, useMayWrite } from '../rest/management.ts';
import { Looks } from './Looks.tsx';

const PATH = '/contentTypes/portalTheme/contentItems/default';
const LARGEST = 256 * 1024;
type Theme = { name?: string | null; logo?: string | null; accent?: string | null };

/** Name, logo and colour: live for everybody with the next page they open. */
export function Theme() {
  const { t } = useTranslation(['publisher', 'base']);
  const found = useMaybeEntity<Theme>(PATH);
  const { site } = useSession();
  const change = useChange();
  const queries = useQueryClient();
  const mayWrite = useMayWrite();
  const [theme, setTheme] = useState<Theme>(found?.properties ?? {});
  const [error, setError] = useState<unknown>(null);
  const take = (file: File | null) => {
    if (!file) return;
    if (file.size > LARGEST) return setError(new Error(t('portal.tooLarge')));
    const reader = new FileReader();
    reader.onload = () => setTheme({ ...theme, logo: String(reader.result) });
    reader.readAsDataURL(file);
  };
  const save = async () => {
    setError(null);
    const properties: Properties = Object.fromEntries(
      Object.entries(theme).filter(([, value]) => value),
    );
    try {
      await change('PUT', PATH, { properties, etag: found?.etag });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      toast.done(t('portal.live'));
    } catch (failed) {
      setError(failed);
    }
  };
  return (
    <div className="pub-halves">
      <Stack>
        <TextInput
          label={t('portal.name')}
          description={t('portal.nameHelp')}
          placeholder={site.name}
          disabled={!mayWrite}
          value={theme.name ?? ''}
          onChange={(event) => setTheme({ ...theme, name: event.currentTarget.value })}
        />
        <div>
          <Text size="sm" fw={500}>
            {t('portal.logo')}
          </Text>
          <Text size="xs" c="dimmed" mb={6}>
            {t('portal.logoHelp')}
          </Text>
          <Group>
            {theme.logo && <img src={theme.logo} alt={t('portal.logo')} className="pub-logo" />}
            {mayWrite && (
              <FileButton
                accept="image/png,image/jpeg,image/webp,image/gif,image/svg+xml"
                onChange={take}
              >
                {(button) => (
                  <Button {...button} variant="default">
                    {t('portal.chooseLogo')}
                  </Button>
                )}
              </FileButton>
            )}
            {theme.logo && mayWrite && (
              <Button
                variant="subtle"
                color="gray"
                onClick={() => setTheme({ ...theme, logo: null })}
              >
                {t('base:delete')}
              </Button>
            )}
          </Group>
        </div>
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('portal.accent')}
            description={t('portal.accentHelp')}
            placeholder="#2f4f9e"
            disabled={!mayWrite}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={theme.accent ?? ''}
            onChange={(event) => setTheme({ ...theme, accent: event.currentTarget.value })}
          />
          <input
            type="color"
            className="pub-colour"
            aria-label={t('portal.pick')}
            disabled={!mayWrite}
            value={theme.accent || '#2f4f9e'}
            onChange={(event) => setTheme({ ...theme, accent: event.currentTarget.value })}
          />
        </Group>
        <Refusal error={error} />
        {mayWrite && (
          <Button style={{ alignSelf: 'flex-start' }} onClick={() => void save()}>
            {t('base:save')}
          </Button>
        )}
      </Stack>
      <Looks name={theme.name || site.name} logo={theme.logo} accent={theme.accent} />
    </div>
  );
}
