import { Button, Menu } from '@mantine/core';
import { ChevronDown, LogOut, Settings, UserRound, Workflow } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession, useSignOut } from '../api/session.ts';
import type { Face } from './i18n.ts';
import { toast } from './toast.tsx';

const ICON = { size: 15, 'aria-hidden': true } as const;

/** Who is signed in, the other faces, and the way out; or the way in. */
export function UserMenu({ face }: { face: Face }) {
  const { t } = useTranslation('base');
  const { user } = useSession();
  const signOut = useSignOut();
  if (!user) {
    if (face !== 'developer') return null;
    const here = `${window.location.pathname}${window.location.search}`;
    const back = /^\/(signin|signup|reset|confirm|invitation)/.test(here) ? '/' : here;
    return (
      <Button
        component="a"
        size="xs"
        variant="default"
        href={`/signin?return=${encodeURIComponent(back)}`}
      >
        {t('signIn.action')}
      </Button>
    );
  }
  const name = `${user.firstName} ${user.lastName}`.trim() || user.email;
  return (
    <Menu position="bottom-end" width={240} withArrow>
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          className="app-user"
          aria-label={t('account.menu', { name })}
          leftSection={<UserRound {...ICON} />}
          rightSection={<ChevronDown size={14} aria-hidden />}
        >
          <span className="app-name">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item component="a" href="/profile" leftSection={<UserRound {...ICON} />}>
          {t('account.profile')}
        </Menu.Item>
        {face !== 'developer' && (
          <Menu.Item component="a" href="/">
            {t('faces.developer')}
          </Menu.Item>
        )}
        {user.role && face !== 'publisher' && (
          <Menu.Item component="a" href="/publisher" leftSection={<Settings {...ICON} />}>
            {t('faces.publisher')}
          </Menu.Item>
        )}
        {user.role && face !== 'studio' && (
          <Menu.Item component="a" href="/studio" leftSection={<Workflow {...ICON} />}>
            {t('faces.studio')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<LogOut {...ICON} />}
          onClick={() => void signOut().catch(toast.failed)}
        >
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
