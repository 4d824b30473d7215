import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from '../api/client.ts';

export type List<T> = { value: T[]; count: number };
export type Named = { id: string; name: string };
export type Api = {
  id: string;
  name: string;
  description: string | null;
  path: string;
  version: string | null;
  versionSet: { id: string; name: string; scheme: string } | null;
  revision: string;
  tags: string[];
  protocols: string[];
  type: string;
  subscriptionRequired: boolean;
  urls: string[];
};
export type ApiDetails = Api & {
  versions: { id: string; version: string | null }[];
  changeLog: { revision: string; notes: string | null; createdDateTime: string | null }[];
  contact: { name?: string; email?: string; url?: string } | null;
  license: { name?: string; url?: string } | null;
  termsOfServiceUrl: string | null;
  keyNames: { header: string; query: string };
  products: Named[];
};
export type Parameter = {
  name: string;
  type: string;
  required: boolean;
  description: string | null;
  defaultValue: string | null;
  values: string[];
};
export type Schema = { [keyword: string]: unknown };
export type Representation = { contentType: string; schema: Schema | null; example: unknown };
export type Operation = {
  id: string;
  name: string;
  method: string;
  urlTemplate: string;
  description: string | null;
  tags: string[];
  templateParameters: Parameter[];
  request: {
    description: string | null;
    queryParameters: Parameter[];
    headers: Parameter[];
    representations: Representation[];
  };
  responses: {
    statusCode: number;
    description: string | null;
    headers: Parameter[];
    representations: Representation[];
  }[];
};
export type Product = {
  id: string;
  name: string;
  description: string | null;
  terms: string | null;
  approvalRequired: boolean;
  subscriptionsLimit: number | null;
  subscriptionRequired: boolean;
  state: string;
  apis: (Named & { description: string | null })[];
  subscriptions: number;
  canSubscribe: boolean;
  reason?: string;
};
export type Subscription = {
  id: string;
  name: string | null;
  scope: string;
  product: Named | null;
  api: Named | null;
  state: string;
  createdDate: string | null;
  startDate: string | null;
  expirationDate: string | null;
  stateComment: string | null;
};
export type Keys = { primaryKey: string; secondaryKey: string };
export type Limit = {
  policy: string;
  scope: string;
  scopeId?: string;
  api?: string;
  operation?: string;
  calls?: number;
  bandwidthKb?: number;
  renewalPeriodSeconds?: number;
  used?: number;
  remaining?: number;
  usedKb?: number;
  remainingKb?: number;
  resetsAt?: string;
};
export type UsageRecord = {
  name?: string;
  timestamp?: string;
  callCountSuccess: number;
  callCountBlocked: number;
  callCountFailed: number;
  callCountOther: number;
  callCountTotal: number;
  bandwidth: number;
  apiTimeAvg?: number;
  apiTimeP50?: number;
  apiTimeP95?: number;
};
export type Issue = {
  id: string;
  title: string;
  html: string;
  state: string;
  createdDate: string | null;
  author: string;
  own: boolean;
  comments: number;
};
export type Comment = { id: string; html: string; createdDate: string | null; author: string };
export type PageInfo = { slug: string; title: string };

const at = encodeURIComponent;
export const apiPath = (id: string) => `/developer/apis/${at(id)}`;
export const operationLink = (api: string, operation: string) =>
  `/apis/${at(api)}/operations/${at(operation)}`;

export const apisQuery = (search: string, tag: string, skip: number, top: number) =>
  queryOptions({
    queryKey: ['apis', search, tag, skip, top],
    queryFn: () => get<List<Api>>('/developer/apis', { search, tag, skip, top }),
    placeholderData: keepPreviousData,
  });

export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: () => get<List<Named & { count: number }>>('/developer/tags'),
});

export const apiQuery = (id: string) =>
  queryOptions({ queryKey: ['api', id], queryFn: () => get<ApiDetails>(apiPath(id)) });

export const operationsQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', id],
    queryFn: () => get<List<Operation>>(`${apiPath(id)}/operations`),
  });

export const productsQuery = (skip = 0, top = 50) =>
  queryOptions({
    queryKey: ['products', skip, top],
    queryFn: () => get<List<Product>>('/developer/products', { skip, top }),
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['product', id],
    queryFn: () => get<Product>(`/developer/products/${at(id)}`),
  });

export const subscriptionsQuery = (skip = 0, top = 100) =>
  queryOptions({
    queryKey: ['subscriptions', skip, top],
    queryFn: () => get<List<Subscription>>('/developer/subscriptions', { skip, top }),
  });

export const limitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['limits', id],
    queryFn: () => get<List<Limit>>(`/developer/subscriptions/${at(id)}/limits`),
    staleTime: 0,
  });

export type Span = { from: string; to: string; interval: string };

export const usageQuery = (by: string, span: Span, subscription: string) =>
  queryOptions({
    queryKey: ['usage', by, span, subscription],
    queryFn: () =>
      get<List<UsageRecord>>('/developer/usage', {
        by,
        from: span.from,
        to: span.to,
        interval: by === 'time' ? span.interval : undefined,
        subscription,
      }),
    placeholderData: keepPreviousData,
  });

export const issuesQuery = (api: string, skip: number, top: number) =>
  queryOptions({
    queryKey: ['issues', api, skip, top],
    queryFn: () => get<List<Issue>>(`${apiPath(api)}/issues`, { skip, top }),
    placeholderData: keepPreviousData,
  });

export const issueQuery = (api: string, id: string) =>
  queryOptions({
    queryKey: ['issue', api, id],
    queryFn: () => get<Issue>(`${apiPath(api)}/issues/${at(id)}`),
  });

export const commentsQuery = (api: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['comments', api, id],
    queryFn: ({ pageParam: skip }) =>
      get<List<Comment>>(`${apiPath(api)}/issues/${at(id)}/comments`, { skip, top: 50 }),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const read = all.reduce((sum, { value }) => sum + value.length, 0);
      return last.value.length && read < last.count ? read : null;
    },
  });

export const pagesQuery = queryOptions({
  queryKey: ['pages'],
  queryFn: () => get<PageInfo[] | List<PageInfo>>('/developer/pages'),
  select: (found) => (Array.isArray(found) ? found : found.value),
});

export const pageQuery = (slug: string) =>
  queryOptions({
    queryKey: ['page', slug],
    queryFn: () => get<{ title: string; html: string }>(`/developer/pages/${at(slug)}`),
  });
