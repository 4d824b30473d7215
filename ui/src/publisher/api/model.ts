/** What the page of an API knows of it. */

import type { Api } from '../testing/request.ts';

export type ApiProperties = Api & {
  description?: string | null;
  type: string;
  apiVersionDescription?: string | null;
  apiRevisionDescription?: string | null;
  contact?: { name?: string; url?: string; email?: string } | null;
  license?: { name?: string; url?: string } | null;
  termsOfServiceUrl?: string | null;
  /** Where callers get tokens from. */
  authenticationSettings?: {
    oAuth2?: { authorizationServerId?: string | null; scope?: string | null } | null;
    openid?: { openidProviderId?: string | null } | null;
  } | null;
};
export type Revision = {
  apiId: string;
  apiRevision: string;
  createdDateTime: string;
  updatedDateTime: string;
  description?: string | null;
  privateUrl: string;
  isCurrent: boolean;
};

/** The API that a revision belongs to. */
export function rootOf(id: string): string {
  return id.split(';rev=')[0] ?? id;
}

export function pageOf(id: string, tab = 'operations'): string {
  const start = `/apis/${encodeURIComponent(id)}`;
  return tab === 'operations' ? start : `${start}/${tab}`;
}
