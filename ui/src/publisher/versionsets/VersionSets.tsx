import { useTranslation } from 'react-i18next';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';

type VersionSet = {
  displayName: string;
  versioningScheme: string;
  versionQueryName?: string;
  versionHeaderName?: string;
};

/** How callers name the version of an API that they want. */
export function VersionSets() {
  const { t } = useTranslation(['publisher', 'base']);
  const schemes = ['Segment', 'Query', 'Header'].map((value) => ({
    value,
    label: t(`versions.schemes.${value}` as 'versions.schemes.Segment'),
  }));
  const kind: Kind<VersionSet> = {
    path: '/apiVersionSets',
    words: {
      title: t('versions.sets'),
      lead: t('versions.setsLead'),
      one: t('versions.set'),
      new: t('versions.newSet'),
      empty: t('versions.noSets'),
    },
    search: ['displayName', 'name'],
    columns: [
      {
        key: 'displayName',
        title: t('base:name'),
        sortable: true,
        text: ({ properties }) => properties.displayName,
      },
      {
        key: 'scheme',
        title: t('versions.scheme'),
        text: ({ properties: { versioningScheme } }) =>
          schemes.find((one) => one.value === versioningScheme)?.label ?? versioningScheme,
      },
      {
        key: 'where',
        title: t('versions.where'),
        text: ({ properties }) => properties.versionQueryName ?? properties.versionHeaderName ?? '',
      },
    ],
    idFrom: 'displayName',
    initial: { versioningScheme: 'Segment' },
    fields: [
      { at: 'displayName', label: t('base:name'), required: true },
      {
        at: 'versioningScheme',
        label: t('versions.scheme'),
        kind: 'select',
        options: schemes,
        required: true,
      },
      {
        at: 'versionQueryName',
        label: t('versions.query'),
        mono: true,
        required: true,
        when: ({ versioningScheme }) => versioningScheme === 'Query',
      },
      {
        at: 'versionHeaderName',
        label: t('versions.header'),
        mono: true,
        required: true,
        when: ({ versioningScheme }) => versioningScheme === 'Header',
      },
      { at: 'description', label: t('operation.description'), kind: 'area' },
    ],
  };
  return <ResourcePage kind={kind} />;
}
