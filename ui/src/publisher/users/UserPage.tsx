import { Badge, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { Ban, KeyRound, Trash2, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Crumbs } from '../../base/Crumbs.tsx';
import { useConfirm } from '../../base/confirm.tsx';
import { date } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { PROVIDERS } from '../identity/providers.ts';
import { EntityForm } from '../parts/EntityForm.tsx';
import { type Field, sendable } from '../parts/fields.ts';
import { Memberships } from '../parts/Memberships.tsx';
import {
  at,
  type Read,
  useChange,
  useEntity,
  useIsOwner,
  useMayWrite,
  useRead,
} from '../rest/management.ts';
import { SubscriptionList } from '../subscriptions/SubscriptionList.tsx';
import { COLOURS, ROLES, type Role, type User } from './model.ts';

const SYSTEM = ['administrators', 'developers', 'guests'];

/** One person: profile, state, role, groups and subscriptions. */
export function UserPage({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const user = useEntity<User>(at`/users/${id}`);
  const { firstName, lastName, state, registrationDate, identities } = user.properties;
  const name = `${firstName} ${lastName}`;
  const signsInWith = (provider: string) =>
    provider === 'Basic' ? t('users.withEmail') : (PROVIDERS[provider] ?? provider);
  return (
    <Page
      title={name}
      above={<Crumbs trail={[{ to: '/users', label: t('users.title') }]} here={name} />}
      lead={
        <Group gap="xs">
          <Badge color={COLOURS[state]}>{t(`users.states.${state}`)}</Badge>
          <Text size="sm">{t('users.since', { date: date(registrationDate) })}</Text>
          <Text size="sm">{identities.map((one) => signsInWith(one.provider)).join(', ')}</Text>
        </Group>
      }
      actions={<Acts user={user} id={id} name={name} />}
    >
      <div className="pub-halves">
        <Profile key={user.etag} user={user} id={id} />
        <Stack gap="xl">
          <RoleChoice id={id} />
          <Memberships
            title={t('groups.title')}
            help={t('users.groupsHelp')}
            all="/groups"
            own={at`/users/${id}/groups`}
            link={(group) => at`/groups/${group}/users/${id}`}
            fixed={(group) => SYSTEM.includes(group.name)}
            empty={t('groups.empty')}
          />
        </Stack>
      </div>
      <Title order={2} mt="xl" mb="sm">
        {t('subscriptions.title')}
      </Title>
      <SubscriptionList path={at`/users/${id}/subscriptions`} owner={false} />
    </Page>
  );
}

function Profile({ user, id }: { user: Read<User>; id: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const mayWrite = useMayWrite();
  const fields: Field[] = [
    { at: 'firstName', label: t('users.firstName'), required: true },
    { at: 'lastName', label: t('users.lastName'), required: true },
    { at: 'email', label: t('users.email'), required: true },
    { at: 'note', label: t('users.note'), kind: 'area', help: t('users.noteHelp') },
  ];
  return (
    <EntityForm
      fields={fields}
      initial={user.properties}
      readOnly={!mayWrite}
      action={t('base:save')}
      onSave={async (values) => {
        const properties = sendable(fields, values, true);
        await change('PATCH', at`/users/${id}`, { properties, etag: user.etag });
        toast.done(t('base:saved'));
      }}
    />
  );
}

function RoleChoice({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const isOwner = useIsOwner();
  const change = useChange();
  const confirm = useConfirm();
  const { data } = useRead<{ role: Role | null }>(at`/users/${id}/role`);
  const give = async (role: Role | null) => {
    const word = role ? t(`users.roles.${role}`) : t('users.noRole');
    const sure = await confirm({
      title: t('users.roleTitle', { role: word }),
      body: t('users.roleBody'),
      action: t('users.giveRole'),
    });
    if (!sure) return;
    await change('POST', at`/users/${id}/setRole`, { body: { role } })
      .then(() => toast.done(t('users.roleGiven', { role: word })))
      .catch(toast.failed);
  };
  return (
    <Select
      label={t('users.role')}
      description={isOwner ? t('users.roleHelp') : t('users.roleOwners')}
      disabled={!isOwner || !data}
      allowDeselect={false}
      data={[
        { value: 'none', label: t('users.noRole') },
        ...ROLES.map((value) => ({ value, label: t(`users.roles.${value}`) })),
      ]}
      value={data?.role ?? 'none'}
      onChange={(role) => void give(role === 'none' ? null : (role as Role))}
    />
  );
}

function Acts({ user, id, name }: { user: Read<User>; id: string; name: string }) {
  const { t } = useTranslation(['publisher', 'base']);
  const change = useChange();
  const confirm = useConfirm();
  const mayWrite = useMayWrite();
  const [, go] = useLocation();
  if (!mayWrite) return null;
  const blocked = user.properties.state === 'blocked';
  const state = async () => {
    const sure =
      blocked ||
      (await confirm({
        title: t('users.blockTitle', { name }),
        body: t('users.blockBody'),
        action: t('users.block'),
        danger: true,
      }));
    if (!sure) return;
    const properties = { state: blocked ? 'active' : 'blocked' };
    await change('PATCH', at`/users/${id}`, { properties, etag: '*' })
      .then(() =>
        toast.done(blocked ? t('users.unblocked', { name }) : t('users.blocked', { name })),
      )
      .catch(toast.failed);
  };
  const reset = () =>
    change('POST', at`/users/${id}/confirmations/password/send`)
      .then(() => toast.done(t('users.resetSent', { email: user.properties.email })))
      .catch(toast.failed);
  const remove = async () => {
    const sure = await confirm({
      title: t('remove.title', { name }),
      body: t('users.removeBody', { name }),
      action: t('base:delete'),
      danger: true,
    });
    if (!sure) return;
    await change('DELETE', at`/users/${id}`, { etag: '*', query: { deleteSubscriptions: true } })
      .then(() => {
        toast.done(t('remove.done', { name }));
        go('/users');
      })
      .catch(toast.failed);
  };
  const Icon = blocked ? Undo2 : Ban;
  return (
    <>
      <Button
        variant="default"
        leftSection={<KeyRound size={15} aria-hidden />}
        onClick={() => void reset()}
      >
        {t('users.reset')}
      </Button>
      <Button
        variant="default"
        leftSection={<Icon size={15} aria-hidden />}
        onClick={() => void state()}
      >
        {blocked ? t('users.unblock') : t('users.block')}
      </Button>
      <Button
        variant="default"
        leftSection={<Trash2 size={15} aria-hidden />}
        onClick={() => void remove()}
      >
        {t('base:delete')}
      </Button>
    </>
  );
}
