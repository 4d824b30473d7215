import { Checkbox, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../base/toast.tsx';
import { Search } from '../../parts/Search.tsx';
import { useGroupWords } from '../groups/words.ts';
import { type Entity, type Listed, useChange, useMayWrite, useRead } from '../rest/management.ts';
import { both, containing, equal } from '../rest/odata.ts';

type Named = { displayName: string; description?: string | null; builtIn?: boolean };
type Props = {
  title: string;
  help?: string;
  /** All that one may belong to. */
  all: string;
  filter?: string;
  /** Those it belongs to. */
  own: string;
  /** Where one is joined by PUT and left by DELETE. */
  link: (id: string) => string;
  /** What cannot be changed here. */
  fixed?: (row: Entity<Named>) => boolean;
  empty: string;
};

const MANY = 12;
const MOST = 30;

/** What belongs to what: a box to tick for each, kept at once. */
export function Memberships({ title, help, all, filter, own, link, fixed, empty }: Props) {
  const { t } = useTranslation('publisher');
  const [search, setSearch] = useState('');
  const found = containing(['displayName'], search);
  const query = { $filter: both(filter ?? '', found), $top: MOST };
  const listed = useRead<Listed<Named>>(all, query).data;
  const { data } = useRead<Listed<Named>>(own, { $filter: found, $top: MOST });
  const rows = listed?.value ?? [];
  // Of more than these the server says which of the boxes are ticked.
  const more = data !== undefined && data.count > MOST && rows.length > 0;
  const named = rows.map(({ name }) => equal('name', name)).join(' or ');
  const ticked = useRead<Listed<Named>>(own, { $filter: named, $top: MOST }, more).data;
  const words = useGroupWords();
  const change = useChange();
  const mayWrite = useMayWrite();
  // A box shows at once what was asked for; the server's word comes a moment later.
  const [asked, setAsked] = useState<{ id: string; join: boolean } | null>(null);
  const held = new Set([...(data?.value ?? []), ...(ticked?.value ?? [])].map(({ name }) => name));
  const turn = async (row: Entity<Named>, join: boolean) => {
    setAsked({ id: row.name, join });
    try {
      await change(join ? 'PUT' : 'DELETE', link(row.name), { etag: join ? undefined : '*' });
      const name = words(row).title;
      toast.done(join ? t('members.joined', { name }) : t('members.left', { name }));
    } catch (error) {
      toast.failed(error);
    } finally {
      setAsked(null);
    }
  };
  const many = search !== '' || (listed?.count ?? 0) > MANY;
  // Of many, those it belongs to come first; the rest is found by searching.
  const shown = many ? heldFirst(data?.value ?? [], rows) : rows;
  return (
    <section>
      <Title order={2} mb={4}>
        {title}
      </Title>
      {help && (
        <Text size="sm" c="dimmed" mb="sm">
          {help}
        </Text>
      )}
      {listed && !listed.count && !search && (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      )}
      {many && <Search value={search} onChange={setSearch} w="100%" />}
      <Stack gap="xs" mt="xs">
        {shown.map((row) => (
          <Checkbox
            key={row.name}
            label={words(row).title}
            description={words(row).about || undefined}
            checked={asked?.id === row.name ? asked.join : held.has(row.name)}
            disabled={!mayWrite || !data || asked !== null || fixed?.(row)}
            onChange={(event) => void turn(row, event.currentTarget.checked)}
          />
        ))}
      </Stack>
    </section>
  );
}

function heldFirst(held: readonly Entity<Named>[], rows: readonly Entity<Named>[]) {
  const names = new Set(held.map(({ name }) => name));
  return [...held, ...rows.filter(({ name }) => !names.has(name))].slice(0, MOST);
}
