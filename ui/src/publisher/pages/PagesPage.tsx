import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import type { Properties } from '../rest/management.ts';

type Words = { title?: string; markdown?: string };
type Written = Words & { order?: number; hidden?: boolean; translations?: Record<string, Words> };

/** Pages of the developer portal, in Markdown and in both languages. */
export function PagesPage() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<Written> = {
    path: '/contentTypes/portalPage/contentItems',
    words: {
      title: t('pages.title'),
      lead: t('pages.lead'),
      one: t('pages.one'),
      new: t('pages.new'),
      empty: t('pages.empty'),
    },
    search: ['name'],
    verb: 'PUT',
    size: 760,
    columns: [
      {
        key: 'title',
        title: t('pages.name'),
        text: ({ name, properties }) => properties.title ?? name,
      },
      { key: 'name', title: t('pages.slug'), sortable: true, text: ({ name }) => name },
      {
        key: 'hidden',
        title: t('pages.state'),
        text: ({ properties }) => (properties.hidden ? t('pages.hidden') : t('pages.shown')),
        cell: ({ properties }) => (
          <Badge color={properties.hidden ? 'gray' : 'ok'}>
            {properties.hidden ? t('pages.hidden') : t('pages.shown')}
          </Badge>
        ),
      },
      {
        key: 'order',
        title: t('pages.order'),
        numeric: true,
        text: ({ properties }) => properties.order ?? 0,
      },
    ],
    idFrom: 'title',
    initial: { order: 0, hidden: false, translations: {} },
    fields: [
      { at: 'title', label: t('pages.name'), required: true },
      {
        at: 'markdown',
        label: t('pages.text'),
        kind: 'area',
        mono: true,
        rows: 12,
        help: t('pages.textHelp'),
      },
      { at: 'translations.pl.title', label: t('pages.namePl') },
      {
        at: 'translations.pl.markdown',
        label: t('pages.textPl'),
        kind: 'area',
        mono: true,
        rows: 8,
      },
      { at: 'order', label: t('pages.order'), kind: 'number', help: t('pages.orderHelp') },
      { at: 'hidden', label: t('pages.hide'), kind: 'switch', help: t('pages.hideHelp') },
    ],
    sent: pageOf,
  };
  return <ResourcePage kind={kind} />;
}

function pageOf({ title, markdown, order, hidden, translations }: Properties): Properties {
  const kept = Object.entries((translations ?? {}) as Record<string, Words>).filter(
    ([, words]) => words.title,
  );
  return {
    title,
    markdown: markdown ?? '',
    order: order ?? 0,
    hidden: hidden ?? false,
    translations: Object.fromEntries(
      kept.map(([language, words]) => [
        language,
        { title: words.title, markdown: words.markdown ?? '' },
      ]),
    ),
  };
}
