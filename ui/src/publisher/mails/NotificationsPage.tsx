import { ActionIcon, Badge, Button, Group, Text, TextInput, Title } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { toast } from '../../base/toast.tsx';
import { FindUser } from '../groups/GroupMembers.tsx';
import { at, type Entity, useAll, useChange, useMayWrite } from '../rest/management.ts';
import { useNames } from '../rest/names.ts';
import { nameOf } from '../rest/odata.ts';

type Notification = {
  title: string;
  description: string;
  recipients: { emails: string[]; users: string[] };
};

/** The events that publishers are told of, and who is told. */
export function NotificationsPage() {
  const { t } = useTranslation('publisher');
  const events = useAll<Notification>('/notifications');
  const [adding, add] = useState('');
  return (
    <Page title={t('notifications.title')} lead={t('notifications.lead')}>
      <div className="pub-events">
        {events.map((event) => (
          <Event
            key={event.name}
            event={event}
            adding={adding === event.name}
            onAdding={() => add(adding === event.name ? '' : event.name)}
          />
        ))}
      </div>
    </Page>
  );
}

type EventProps = { event: Entity<Notification>; adding: boolean; onAdding: () => void };

function Event({ event, adding, onAdding }: EventProps) {
  const { t, i18n } = useTranslation('publisher');
  const mayWrite = useMayWrite();
  const change = useChange();
  const { recipients, title, description } = event.properties;
  const people = recipients.users.map((one) => ({ path: '/users', name: nameOf(one) }));
  const fullName = useNames(people);
  const key = `notifications.events.${event.name}`;
  const known = i18n.exists(key, { ns: 'publisher' });
  const words = (part: 'title' | 'text', other: string) =>
    known ? t(`${key}.${part}` as 'notifications.events.BCC.title') : other;
  const turn = async (kind: 'recipientEmails' | 'recipientUsers', who: string, add: boolean) => {
    const path = at`/notifications/${event.name}/${kind}/${who}`;
    await change(add ? 'PUT' : 'DELETE', path).catch(toast.failed);
  };
  const leave = (kind: 'recipientEmails' | 'recipientUsers', who: string) =>
    mayWrite ? () => turn(kind, who, false) : undefined;
  return (
    <section className="pub-event">
      <div>
        <Title order={2} size="h4">
          {words('title', title)}
        </Title>
        <Text size="sm" c="dimmed">
          {words('text', description)}
        </Text>
      </div>
      <div>
        <Group gap="xs">
          {!recipients.emails.length && !people.length && (
            <Text size="sm" c="dimmed">
              {t('notifications.nobody')}
            </Text>
          )}
          {recipients.emails.map((one) => (
            <Who key={one} name={one} onRemove={leave('recipientEmails', one)} />
          ))}
          {people.map((one) => (
            <Who key={one.name} name={fullName(one)} onRemove={leave('recipientUsers', one.name)} />
          ))}
          {mayWrite && (
            <Button
              size="compact-sm"
              variant="subtle"
              ml="auto"
              leftSection={<Plus size={14} aria-hidden />}
              aria-expanded={adding}
              aria-label={`${t('notifications.add')}: ${words('title', title)}`}
              onClick={onAdding}
            >
              {t('notifications.add')}
            </Button>
          )}
        </Group>
        {adding && (
          <Group align="flex-end" mt="sm">
            <AddEmail
              title={words('title', title)}
              onAdd={(email) => turn('recipientEmails', email, true)}
            />
            <FindUser
              // What was typed is done with once somebody is found.
              key={people.length}
              label={t('notifications.addUser')}
              onFound={(user) => void turn('recipientUsers', user, true)}
            />
          </Group>
        )}
      </div>
    </section>
  );
}

function Who({ name, onRemove }: { name: string; onRemove?: () => Promise<void> }) {
  const { t } = useTranslation('publisher');
  return (
    <Badge
      color="gray"
      size="lg"
      rightSection={
        onRemove && (
          <ActionIcon
            size="sm"
            variant="transparent"
            color="gray"
            aria-label={t('notifications.remove', { name })}
            onClick={() => void onRemove()}
          >
            <X size={13} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {name}
    </Badge>
  );
}

type Add = { title: string; onAdd: (email: string) => Promise<void> };

function AddEmail({ title, onAdd }: Add) {
  const { t } = useTranslation(['publisher', 'base']);
  const [email, setEmail] = useState('');
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!email.trim()) return;
    await onAdd(email.trim());
    setEmail('');
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          type="email"
          label={t('notifications.addEmail')}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" aria-label={`${t('base:add')}: ${title}`}>
          {t('base:add')}
        </Button>
      </Group>
    </form>
  );
}
