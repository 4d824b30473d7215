/** Pages that an address names by itself. */

import { type ComponentType, lazy } from 'react';

type Module = Record<string, ComponentType>;

function page(load: () => Promise<Module>, name: string) {
  return lazy(async () => ({ default: (await load())[name] as ComponentType }));
}

export const PLAIN: [string, ComponentType][] = [
  ['/', page(() => import('./dashboard/DashboardPage.tsx'), 'DashboardPage')],
  ['/apis', page(() => import('./apis/ApisPage.tsx'), 'ApisPage')],
  ['/products', page(() => import('./products/ProductsPage.tsx'), 'ProductsPage')],
  [
    '/policies',
    page(() => import('./policies/PoliciesPage.tsx') as Promise<never>, 'PoliciesPage'),
  ],
  ['/restrictions', page(() => import('./restrictions/Restrictions.tsx'), 'Restrictions')],
  ['/oauth', page(() => import('./oauth/AuthorizationServers.tsx'), 'AuthorizationServers')],
  ['/openid', page(() => import('./openid/OpenIdProviders.tsx'), 'OpenIdProviders')],
  ['/configuration', page(() => import('./moving/ConfigurationPage.tsx'), 'ConfigurationPage')],
  ['/fragments', page(() => import('./fragments/Fragments.tsx'), 'Fragments')],
  ['/named-values', page(() => import('./values/NamedValues.tsx'), 'NamedValues')],
  ['/backends', page(() => import('./backends/Backends.tsx'), 'Backends')],
  ['/certificates', page(() => import('./certificates/Certificates.tsx'), 'Certificates')],
  ['/tags', page(() => import('./tags/Tags.tsx'), 'Tags')],
  ['/version-sets', page(() => import('./versionsets/VersionSets.tsx'), 'VersionSets')],
  ['/users', page(() => import('./users/UsersPage.tsx'), 'UsersPage')],
  ['/groups', page(() => import('./groups/Groups.tsx'), 'Groups')],
  [
    '/subscriptions',
    page(() => import('./subscriptions/SubscriptionsPage.tsx'), 'SubscriptionsPage'),
  ],
  ['/issues', page(() => import('./issues/IssuesPage.tsx'), 'IssuesPage')],
  ['/pages', page(() => import('./pages/PagesPage.tsx'), 'PagesPage')],
  ['/identity', page(() => import('./identity/IdentityProviders.tsx'), 'IdentityProviders')],
  ['/notifications', page(() => import('./mails/NotificationsPage.tsx'), 'NotificationsPage')],
  ['/templates', page(() => import('./mails/TemplatesPage.tsx'), 'TemplatesPage')],
  ['/outbox', page(() => import('./outbox/OutboxPage.tsx'), 'OutboxPage')],
  [
    '/gateways',
    page(() => import('./gateways/GatewaysPage.tsx') as Promise<never>, 'GatewaysPage'),
  ],
  ['/loggers', page(() => import('./loggers/Loggers.tsx'), 'Loggers')],
  ['/diagnostics', page(() => import('./diagnostics/Diagnostics.tsx'), 'Diagnostics')],
  ['/caches', page(() => import('./caches/Caches.tsx'), 'Caches')],
  ['/audit', page(() => import('./audit/AuditPage.tsx'), 'AuditPage')],
  ['/settings', page(() => import('./settings/SettingsPage.tsx'), 'SettingsPage')],
];
