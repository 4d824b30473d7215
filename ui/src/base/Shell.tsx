import { ActionIcon, Anchor, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Languages, type LucideIcon } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useRoute } from 'wouter';
import { useLanguage, useSession } from '../api/session.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { type Face, language } from './i18n.ts';
import { Loading } from './Loading.tsx';
import { later } from './later.ts';
import { SchemeSwitch } from './SchemeSwitch.tsx';
import { toast } from './toast.tsx';
import { UserMenu } from './UserMenu.tsx';

const SideDrawer = later(async () => (await import('./SideDrawer.tsx')).SideDrawer);

export type NavItem = {
  to: string;
  label: string;
  icon?: LucideIcon;
  /** A heading above the first item of each group, in side navigation. */
  group?: string;
};
type Props = {
  face: Face;
  /** Beside the site's name, so that one sees which face this is. */
  caption?: string;
  nav: NavItem[];
  /** Developers have few pages and a row; the publisher has many and a column. */
  layout?: 'top' | 'side';
  /** For a page that fills the window and scrolls inside itself. */
  full?: boolean;
  children: ReactNode;
};

/** Header, navigation and the place of the page: the frame of every face. */
export function Shell({ face, caption, nav, layout = 'top', full = false, children }: Props) {
  const { t } = useTranslation('base');
  const { site } = useSession();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [location] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes whenever the place changes
  useEffect(close, [location]);
  return (
    <div className="app-shell" data-layout={layout} data-full={full || undefined}>
      <a className="app-skip" href="#main">
        {t('skip')}
      </a>
      <header className="app-header">
        {nav.length > 0 && (
          <Burger
            className="app-burger"
            size="sm"
            opened={opened}
            onClick={toggle}
            aria-label={t('navigation')}
            aria-expanded={opened}
          />
        )}
        <Link href="/" className="app-brand">
          {site.logo ? <img src={site.logo} alt="" height={26} /> : <Mark />}
          <span>{site.name}</span>
          {caption && <span className="app-caption">{caption}</span>}
        </Link>
        {layout === 'top' && nav.length > 0 && (
          <nav className="app-row" aria-label={t('navigation')}>
            {nav.map((item) => (
              <Entry key={item.to} {...item} />
            ))}
          </nav>
        )}
        <Group gap={4} ml="auto" wrap="nowrap">
          <LanguageSwitch />
          <SchemeSwitch />
          <UserMenu face={face} />
        </Group>
      </header>
      <Suspense>
        <SideDrawer opened={opened} onClose={close} title={site.name}>
          <Column nav={nav} />
        </SideDrawer>
      </Suspense>
      <div className="app-body">
        {layout === 'side' && nav.length > 0 && (
          <div className="app-side">
            <Column nav={nav} />
          </div>
        )}
        <main id="main" tabIndex={-1}>
          <ErrorBoundary place={location}>
            <Suspense fallback={<Loading />}>{children}</Suspense>
          </ErrorBoundary>
        </main>
      </div>
    </div>
  );
}

function Column({ nav }: { nav: NavItem[] }) {
  const { t } = useTranslation('base');
  const [location] = useLocation();
  const place = useRef<HTMLElement>(null);
  // Where one is may stand below what fits into the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for whenever the place changes
  useEffect(() => {
    place.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [location]);
  return (
    <nav ref={place} className="app-column" aria-label={t('navigation')}>
      {nav.map((item, at) => (
        <div key={item.to}>
          {item.group && item.group !== nav[at - 1]?.group && (
            <div className="app-group">{item.group}</div>
          )}
          <Entry {...item} />
        </div>
      ))}
    </nav>
  );
}

function Entry({ to, label, icon: Icon }: NavItem) {
  const [exact] = useRoute(to);
  const [below] = useRoute(`${to === '/' ? '/-' : to}/*?`);
  const here = exact || below;
  return (
    <Link href={to} className="app-entry" aria-current={here ? 'page' : undefined}>
      {Icon && <Icon size={16} aria-hidden />}
      {label}
    </Link>
  );
}

function LanguageSwitch() {
  const { t } = useTranslation('base');
  const change = useLanguage();
  const other = language() === 'pl' ? 'en' : 'pl';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      w="auto"
      px={8}
      lang={other}
      aria-label={`${other.toUpperCase()}: ${t('otherLanguage')}`}
      title={t('otherLanguage')}
      onClick={() => void change(other).catch(toast.failed)}
    >
      <Languages size={16} aria-hidden />
      <span className="app-language" aria-hidden>
        {other.toUpperCase()}
      </span>
    </ActionIcon>
  );
}

function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <path
        fill="var(--mantine-color-anchor)"
        d="M4 29V14C4 7.4 9.4 3 16 3s12 4.4 12 11v15h-6V14c0-3.3-2.7-5.5-6-5.5S10 10.7 10 14v15z"
      />
      <path fill="var(--mantine-color-anchor)" opacity=".55" d="M12.5 15h2v14h-2zm5 0h2v14h-2z" />
    </svg>
  );
}

/** A link inside a face that looks like the others. */
export function PageLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Anchor component={Link} href={to}>
      {children}
    </Anchor>
  );
}
