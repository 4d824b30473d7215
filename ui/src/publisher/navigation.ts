import {
  Activity,
  BookOpen,
  Boxes,
  Braces,
  Bug,
  Database,
  FileClock,
  FileCode2,
  FileStack,
  FileText,
  Fingerprint,
  FolderSync,
  Group as GroupIcon,
  IdCard,
  KeyRound,
  KeySquare,
  LayoutDashboard,
  LockKeyhole,
  Mail,
  MailCheck,
  Package,
  Palette,
  ScrollText,
  Server,
  Settings2,
  ShieldCheck,
  Split,
  Tags,
  Users,
  Waypoints,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NavItem } from '../base/Shell.tsx';

/** What stands in the side of every page. */
export function useNavigation(): NavItem[] {
  const { t } = useTranslation('publisher');
  const groups: [string, NavItem[]][] = [
    ['', [{ to: '/', label: t('dashboard.title'), icon: LayoutDashboard }]],
    [
      t('nav.apis'),
      [
        { to: '/apis', label: t('apis.title'), icon: Waypoints },
        { to: '/products', label: t('products.title'), icon: Package },
        { to: '/policies', label: t('policies.title'), icon: ScrollText },
        { to: '/restrictions', label: t('restrictions.title'), icon: ShieldCheck },
        { to: '/fragments', label: t('fragments.title'), icon: FileCode2 },
        { to: '/named-values', label: t('values.title'), icon: Braces },
        { to: '/backends', label: t('backends.title'), icon: Server },
        { to: '/certificates', label: t('certificates.title'), icon: LockKeyhole },
        { to: '/oauth', label: t('oauth.title'), icon: KeySquare },
        { to: '/openid', label: t('openid.title'), icon: Fingerprint },
        { to: '/version-sets', label: t('versions.sets'), icon: FileStack },
        { to: '/tags', label: t('tags.title'), icon: Tags },
      ],
    ],
    [
      t('nav.people'),
      [
        { to: '/subscriptions', label: t('subscriptions.title'), icon: KeyRound },
        { to: '/users', label: t('users.title'), icon: Users },
        { to: '/groups', label: t('groups.title'), icon: GroupIcon },
        { to: '/issues', label: t('issues.title'), icon: Bug },
      ],
    ],
    [
      t('nav.portal'),
      [
        { to: '/portal', label: t('portal.title'), icon: Palette },
        { to: '/pages', label: t('pages.title'), icon: BookOpen },
        { to: '/identity', label: t('identity.title'), icon: IdCard },
        { to: '/notifications', label: t('notifications.title'), icon: Mail },
        { to: '/templates', label: t('templates.title'), icon: FileText },
        { to: '/outbox', label: t('outbox.title'), icon: MailCheck },
      ],
    ],
    [
      t('nav.instance'),
      [
        { to: '/gateways', label: t('gateways.title'), icon: Split },
        { to: '/loggers', label: t('loggers.title'), icon: Database },
        { to: '/diagnostics', label: t('diagnostics.title'), icon: Activity },
        { to: '/caches', label: t('caches.title'), icon: Boxes },
        { to: '/audit', label: t('audit.title'), icon: FileClock },
        { to: '/configuration', label: t('moving.title'), icon: FolderSync },
        { to: '/settings', label: t('settings.title'), icon: Settings2 },
      ],
    ],
  ];
  return groups.flatMap(([group, items]) =>
    items.map((item) => ({ ...item, group: group || undefined })),
  );
}
