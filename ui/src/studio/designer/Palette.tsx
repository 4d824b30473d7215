import { Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Search } from '../../parts/Search.tsx';
import type { Telling } from '../data/telling.ts';
import type { Listing, Module, Saved, SavedKind } from '../data/types.ts';
import { useTelling } from '../data/useTelling.ts';
import { AreaSign } from './AreaSign.tsx';
import type { Kind } from './canvas.ts';
import { DRAGGED, type Dragged, type Entry, entryOf, entryOfModule } from './entries.ts';
import type { Offer } from './useShelf.ts';

type Sign = { kind: Kind; category?: string };
type Group = { name: string; entries: Entry[]; groups: Group[]; more?: number; sign?: Sign };
type Props = {
  modules: Iterable<Module>;
  offer: Offer;
  search: string;
  onSearch: (search: string) => void;
  onAdd: (dragged: Dragged) => void;
};

/** Modules and saved things in groups; a search looks through all of them. */
export function Palette({ modules, offer, search, onSearch, onAdd }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const tell = useTelling();
  const { mine, samples, models, transforms } = offer;
  const groups = useMemo<Group[]>(() => {
    const offered: Group[] = [
      {
        name: t('palette.datasets'),
        sign: { kind: 'saved' },
        entries: [],
        groups: [
          listed(t('palette.mine'), mine, 'datasources'),
          listed(t('palette.samples'), samples, 'datasources'),
        ],
      },
      {
        ...listed(t('palette.models'), models, 'trainedmodels'),
        sign: { kind: 'module', category: 'Machine Learning / Train' },
      },
      {
        ...listed(t('palette.transforms'), transforms, 'transformmodules'),
        sign: { kind: 'module', category: 'Data Transformation' },
      },
      ...treeOf(modules, tell),
      {
        name: t('palette.service'),
        sign: { kind: 'input' },
        entries: (['input', 'output'] as const).map((kind) => ({
          key: kind,
          name: t(`palette.${kind}`),
          help: t(`palette.${kind}Help`),
          more: kind,
          gives: { kind },
        })),
        groups: [],
      },
    ];
    return offered.filter((group) => group.entries.length || group.groups.length);
  }, [modules, mine, samples, models, transforms, tell, t]);
  const wanted = search.trim().toLowerCase();
  const found = wanted ? matching(groups, offer.found, wanted) : null;
  return (
    <section className="st-palette" tabIndex={-1} aria-label={t('palette.title')}>
      <Search
        label={t('palette.search')}
        brief={t('base:search')}
        value={search}
        onChange={onSearch}
        w="100%"
      />
      <Text size="xs" c="dimmed" my={6}>
        {t('palette.hint')}
      </Text>
      {found ? (
        found.length ? (
          <Entries entries={found} onAdd={onAdd} />
        ) : (
          <Text size="sm" c="dimmed" role="status">
            {t('palette.nothing', { search })}
          </Text>
        )
      ) : (
        groups.map((group) => <Branch key={group.name} group={group} onAdd={onAdd} />)
      )}
    </section>
  );
}

function Branch({ group, onAdd }: { group: Group; onAdd: Props['onAdd'] }) {
  const { t } = useTranslation('studio');
  const [opened, setOpened] = useState(false);
  return (
    <details
      className="st-group"
      open={opened}
      onToggle={(event) => {
        event.stopPropagation();
        setOpened(event.currentTarget.open);
      }}
    >
      <summary>
        {group.sign && <AreaSign {...group.sign} />}
        {group.name}
      </summary>
      {opened && (
        <div className="st-branch">
          {group.groups.map((inner) =>
            inner.entries.length || inner.groups.length ? (
              <Branch key={inner.name} group={inner} onAdd={onAdd} />
            ) : null,
          )}
          <Entries entries={group.entries} onAdd={onAdd} />
          {group.more ? (
            <Text size="xs" c="dimmed" px={6} py={4}>
              {t('palette.more', { count: group.more })}
            </Text>
          ) : null}
        </div>
      )}
    </details>
  );
}

function Entries({ entries, onAdd }: { entries: Entry[]; onAdd: Props['onAdd'] }) {
  return entries.map(({ key, name, help, gives, category }) => (
    <button
      key={key}
      type="button"
      className="st-entry"
      data-kind={gives.kind}
      draggable
      title={help}
      onClick={() => onAdd(gives)}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, JSON.stringify(gives));
        event.dataTransfer.effectAllowed = 'copy';
      }}
    >
      <AreaSign kind={gives.kind} category={category} />
      <span className="st-entry-name">{name}</span>
    </button>
  ));
}

function listed(name: string, { Count, Value }: Listing<Saved>, kind: SavedKind): Group {
  return { name, entries: Value.map(entryOf(kind)), groups: [], more: Count - Value.length };
}

function treeOf(modules: Iterable<Module>, tell: Telling): Group[] {
  const top: Group[] = [];
  for (const module of modules) {
    let level = top;
    let group: Group | undefined;
    for (const area of module.Category.split(' / ')) {
      const name = tell.of('categories', area);
      group = level.find((each) => each.name === name);
      if (!group) {
        group = { name, entries: [], groups: [] };
        if (level === top) group.sign = { kind: 'module', category: module.Category };
        level.push(group);
        level.sort((one, other) => one.name.localeCompare(other.name));
      }
      level = group.groups;
    }
    group?.entries.push(entryOfModule(module, tell));
    group?.entries.sort((one, other) => one.name.localeCompare(other.name));
  }
  return top;
}

/** What is here and fits, then what the server found besides. */
function matching(groups: Group[], found: Offer['found'], wanted: string): Entry[] {
  const here = all(groups).filter((entry) => entry.more.includes(wanted));
  const keys = new Set(here.map(({ key }) => key));
  const others = found.filter(([, { Id }]) => !keys.has(Id));
  return [...here, ...others.map(([kind, each]) => entryOf(kind)(each))];
}

function all(groups: Group[]): Entry[] {
  return groups.flatMap(({ entries, groups: inner }) => [...entries, ...all(inner)]);
}
