import { Popover, Text, TextInput } from '@mantine/core';
import { Search as Glass } from 'lucide-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnFocus } from '../parts/useReturnFocus.ts';
import { AreaSign } from './AreaSign.tsx';
import type { Place } from './canvas.ts';
import { type Dragged, type Entry, entryOf, entryOfModule } from './entries.ts';
import { type Begun, wouldFit } from './fitting.ts';
import { boxStop } from './order.ts';
import type { Editor } from './useEditor.ts';
import type { Offer } from './useShelf.ts';
import { focusStop } from './useWalk.ts';

/** Where something is to be put, on the screen and on the canvas, and the wire that leads to it. */
export type Asked = { x: number; y: number; place: Place; from?: Begun };
type Props = { asked: Asked; editor: Editor; offer: Offer; onClose: () => void };
const SHOWN = 60;

/** What may stand here, found by name: where a wire was let go, or the canvas was clicked twice. */
export function QuickAdd({ asked, editor, offer, onClose }: Props) {
  const { t } = useTranslation('studio');
  useReturnFocus();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const { shelf } = editor;
  const all = useMemo<Entry[]>(() => {
    const { mine, samples, models, transforms } = offer;
    const modules = [...shelf.modules.values()].map((each) => entryOfModule(each, shelf.tell));
    modules.sort((one, other) => one.name.localeCompare(other.name));
    const entries = [
      ...mine.Value.map(entryOf('datasources')),
      ...samples.Value.map(entryOf('datasources')),
      ...models.Value.map(entryOf('trainedmodels')),
      ...transforms.Value.map(entryOf('transformmodules')),
    ];
    const { from } = asked;
    const fit = ({ gives }: Entry) => !from || wouldFit(editor.held.canvas, shelf, from, gives);
    return [...modules, ...entries].filter(fit);
  }, [shelf, offer, asked, editor.held.canvas]);
  const found = all
    .filter(({ more }) => more.includes(search.trim().toLowerCase()))
    .sort((one, other) => rank(one, search) - rank(other, search))
    .slice(0, SHOWN);
  const put = (gives: Dragged) => {
    const { x, y } = asked.place;
    const below = asked.from?.side === 'target' ? -44 : 0;
    const id = editor.add(gives, { x: x - 110, y: y + below }, asked.from);
    onClose();
    setTimeout(() => {
      const canvas = document.querySelector<HTMLElement>('.st-canvas');
      if (canvas && !(id && focusStop(canvas, boxStop(id)))) canvas.focus({ preventScroll: true });
    }, 60);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((found.length + at + step) % Math.max(1, found.length));
    }
    if (event.key === 'Enter' && found[at]) {
      event.preventDefault();
      put(found[at].gives);
    }
  };
  return (
    <Popover
      opened
      onClose={onClose}
      position="bottom-start"
      offset={4}
      // Also on the narrowest phone; what the style sheet says does not reach it.
      width="min(316px, calc(100vw - 16px))"
      withinPortal
    >
      <Popover.Target>
        <span aria-hidden className="st-called" style={{ left: leftOf(asked.x), top: asked.y }} />
      </Popover.Target>
      <Popover.Dropdown p={8} className="st-quick" aria-label={t('quick.title')}>
        <TextInput
          size="sm"
          role="combobox"
          aria-label={t('quick.title')}
          aria-expanded
          aria-controls="st-quick-list"
          aria-activedescendant={found[at] ? `st-quick-${at}` : undefined}
          placeholder={t(asked.from ? 'quick.fitting' : 'quick.title')}
          leftSection={<Glass size={15} aria-hidden />}
          ref={begin}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
        {found.length === 0 && (
          <Text size="sm" c="dimmed" px={6} py={8} role="status">
            {t('palette.nothing', { search })}
          </Text>
        )}
        <div
          id="st-quick-list"
          role="listbox"
          aria-label={t('quick.title')}
          className="st-quick-list"
        >
          {found.map((entry, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
            <div
              key={entry.key}
              id={`st-quick-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === at}
              className="st-entry"
              ref={place === at ? inSight : undefined}
              onClick={() => put(entry.gives)}
            >
              <AreaSign kind={entry.gives.kind} category={entry.category} />
              <span className="st-entry-name">{entry.name}</span>
            </div>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What begins with the words comes first, then what has them in its name. */
function rank({ name }: Entry, search: string): number {
  const at = name.toLowerCase().indexOf(search.trim().toLowerCase());
  return at === 0 ? 0 : at > 0 ? 1 : 2;
}

/** Not by the popover's own focus, which scrolls the page to where it stands at first. */
function begin(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true });
}

/** As far left as the list needs, also on a narrow page. */
function leftOf(x: number): number {
  return Math.max(8, Math.min(x, window.innerWidth - WIDTH - 8));
}
const WIDTH = 316;

/** Scrolls the list alone: the page would move with what is not in its place yet. */
function inSight(element: HTMLElement | null): void {
  const list = element?.parentElement;
  if (!list) return;
  const [entry, shown] = [element.getBoundingClientRect(), list.getBoundingClientRect()];
  if (entry.top < shown.top) list.scrollTop -= shown.top - entry.top;
  else if (entry.bottom > shown.bottom) list.scrollTop += entry.bottom - shown.bottom;
}
