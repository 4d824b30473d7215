import { ActionIcon, Group, Stack, Text, Title } from '@mantine/core';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../base/toast.tsx';
import { Search } from '../../parts/Search.tsx';
import { EntityPicker } from '../parts/EntityPicker.tsx';
import {
  at,
  type Entity,
  type Listed,
  useChange,
  useMayWrite,
  useRead,
} from '../rest/management.ts';
import { containing } from '../rest/odata.ts';

type User = { firstName: string; lastName: string; email: string };
const MOST = 50;
const SOUGHT = ['firstName', 'lastName', 'email'];

export function fullName({ properties }: Entity<User>): string {
  return `${properties.firstName} ${properties.lastName}`;
}

/** The people in a group; they are added by looking for them. */
export function GroupMembers({ group, fixed }: { group: string; fixed: boolean }) {
  const { t } = useTranslation(['publisher', 'base']);
  const path = at`/groups/${group}/users`;
  const [search, setSearch] = useState('');
  const found = containing(SOUGHT, search);
  const { data } = useRead<Listed<User>>(path, { $top: MOST, $filter: found });
  const change = useChange();
  const mayWrite = useMayWrite() && !fixed;
  const turn = async (user: string, join: boolean) => {
    try {
      await change(join ? 'PUT' : 'DELETE', `${path}/${encodeURIComponent(user)}`);
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <section>
      <Title order={3} mb="xs">
        {t('groups.members', { count: data?.count ?? 0 })}
      </Title>
      {mayWrite && <FindUser label={t('groups.add')} onFound={(user) => void turn(user, true)} />}
      {(search !== '' || (data?.count ?? 0) > MOST) && (
        <Search value={search} onChange={setSearch} w="100%" />
      )}
      <Stack gap={4} mt="xs">
        {data?.value.map((one) => (
          <Group key={one.name} gap="xs" wrap="nowrap">
            <Text size="sm" style={{ flex: 1 }} className="pub-member">
              {fullName(one)}
              <Text span c="dimmed" size="xs">
                {one.properties.email}
              </Text>
            </Text>
            {mayWrite && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('groups.remove', { name: fullName(one) })}
                onClick={() => void turn(one.name, false)}
              >
                <X size={15} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
    </section>
  );
}

type Find = { label: string; value?: string | null; onFound: (user: string) => void };

/** One of all users, found by name or address. */
export function FindUser({ label, value = null, onFound }: Find) {
  return (
    <EntityPicker
      label={label}
      path="/users"
      search={SOUGHT}
      title={(row) => `${fullName(row as Entity<User>)} · ${row.properties.email}`}
      value={value}
      onChange={(user) => user && onFound(user)}
    />
  );
}
