/** A backend as its form holds it, and as the management REST has it. */

import type { Properties } from '../rest/management.ts';
import { nameOf } from '../rest/odata.ts';

type Member = { id: string; weight?: number; priority?: number };
type Rule = {
  name: string;
  failureCondition: {
    interval: string;
    count?: number | null;
    statusCodeRanges?: { min: number; max: number }[];
  };
  tripDuration: string;
  acceptRetryAfter?: boolean;
};
export type Backend = {
  type: string;
  url: string;
  title?: string | null;
  description?: string | null;
  credentials?: {
    certificateIds?: string[];
    query?: Record<string, string[]> | null;
    header?: Record<string, string[]> | null;
    authorization?: { scheme: string; parameter: string } | null;
  } | null;
  tls?: { validateCertificateChain: boolean; validateCertificateName: boolean } | null;
  circuitBreaker?: { rules: Rule[] } | null;
  pool?: { services: Member[] } | null;
};
export type BackendForm = {
  type: string;
  url: string;
  title: string;
  description: string;
  members: string[];
  weights: string;
  certificateIds: string[];
  scheme: string;
  parameter: string;
  header: string;
  chain: boolean;
  host: boolean;
  breaker: boolean;
  failures: number | null;
  interval: string;
  codes: string;
  trip: string;
  retryAfter: boolean;
  kept: Backend;
};

export function formOf(backend: Backend): BackendForm {
  const { credentials, tls, circuitBreaker, pool } = backend;
  const services = pool?.services ?? [];
  const rule = circuitBreaker?.rules[0];
  const weights = services.map(({ id, weight = 1, priority = 1 }) => [
    nameOf(id),
    { weight, priority },
  ]);
  const ranges = rule?.failureCondition.statusCodeRanges ?? [];
  return {
    type: backend.type,
    url: backend.url,
    title: backend.title ?? '',
    description: backend.description ?? '',
    members: services.map(({ id }) => nameOf(id)),
    weights: weights.length ? JSON.stringify(Object.fromEntries(weights), null, 1) : '',
    certificateIds: (credentials?.certificateIds ?? []).map(nameOf),
    scheme: credentials?.authorization?.scheme ?? '',
    parameter: credentials?.authorization?.parameter ?? '',
    header: credentials?.header ? JSON.stringify(credentials.header, null, 1) : '',
    chain: tls?.validateCertificateChain ?? true,
    host: tls?.validateCertificateName ?? true,
    breaker: rule !== undefined,
    failures: rule?.failureCondition.count ?? 5,
    interval: rule?.failureCondition.interval ?? 'PT1M',
    codes: ranges.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`)).join(', '),
    trip: rule?.tripDuration ?? 'PT1M',
    retryAfter: rule?.acceptRetryAfter ?? false,
    kept: backend,
  };
}

export function backendOf(form: BackendForm, fresh: boolean): Properties {
  const told = {
    type: form.type,
    title: form.title || null,
    description: form.description || null,
  };
  if (form.type === 'Pool') {
    const weights: Record<string, Partial<Member>> = form.weights ? JSON.parse(form.weights) : {};
    const services = form.members.map((name) => ({ id: `/backends/${name}`, ...weights[name] }));
    return { ...told, pool: { services } };
  }
  const single = {
    ...told,
    url: form.url.trim(),
    credentials: credentialsOf(form),
    tls: { validateCertificateChain: form.chain, validateCertificateName: form.host },
    circuitBreaker: form.breaker ? { rules: [ruleOf(form)] } : null,
  };
  return fresh
    ? Object.fromEntries(Object.entries(single).filter(([, one]) => one !== null))
    : single;
}

function credentialsOf(form: BackendForm): Properties | null {
  const { certificateIds, scheme, parameter, header, kept } = form;
  const authorization = scheme && parameter ? { scheme, parameter } : null;
  const headers = header.trim() ? JSON.parse(header) : null;
  const query = kept.credentials?.query ?? null;
  if (!certificateIds.length && !authorization && !headers && !query) return null;
  return { certificateIds, authorization, header: headers, query };
}

function ruleOf(form: BackendForm): Rule {
  const old = form.kept.circuitBreaker?.rules[0];
  return {
    ...old,
    name: old?.name ?? 'breaker',
    failureCondition: {
      ...old?.failureCondition,
      count: form.failures ?? 5,
      interval: form.interval || 'PT1M',
      statusCodeRanges: rangesIn(form.codes),
    },
    tripDuration: form.trip || 'PT1M',
    acceptRetryAfter: form.retryAfter,
  };
}

/** `500-599, 429` as ranges; nothing typed means every answer of 500 and above. */
export function rangesIn(text: string): { min: number; max: number }[] {
  const found = [...text.matchAll(/(\d{3})(?:\s*-\s*(\d{3}))?/g)].map((one) => ({
    min: Number(one[1]),
    max: Number(one[2] ?? one[1]),
  }));
  return found.length ? found : [{ min: 500, max: 599 }];
}
