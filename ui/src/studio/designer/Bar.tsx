import { ActionIcon, Button, Group, Menu, Text, TextInput, Tooltip } from '@mantine/core';
import {
  ChevronDown,
  ClipboardPaste,
  Copy,
  EllipsisVertical,
  History,
  Keyboard,
  type LucideIcon,
  Network,
  PanelLeft,
  PanelRight,
  Play,
  Redo2,
  Save,
  Trash2,
  Undo2,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { StateBadge } from '../parts/state.tsx';
import { ServiceMenu } from './ServiceMenu.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import type { Editor } from './useEditor.ts';
import { useSaveAs } from './useSaveAs.ts';

type Side = 'palette' | 'pane' | null;
type Props = { editor: Editor; side: Side; onSide: (side: Side) => void };

/** The experiment's name, whether it is saved, and what one can do. */
export function Bar({ editor, side, onSide }: Props) {
  const { t } = useTranslation(['studio', 'base']);
  const { held, past, locked, readOnly, draft, selected } = editor;
  const chosen = [...selected];
  const modules = chosen.filter((id) =>
    held.canvas.items.some((item) => item.id === id && item.kind === 'module'),
  );
  const empty = !held.canvas.items.some(({ kind }) => kind === 'module');
  return (
    <div className="st-bar">
      <div className="st-bar-name">
        <TextInput
          variant="unstyled"
          aria-label={t('designer.name')}
          className="st-title"
          value={held.name}
          readOnly={locked}
          maxLength={256}
          error={held.name.trim() ? undefined : t('designer.nameNeeded')}
          onChange={(event) => editor.rename(event.currentTarget.value)}
        />
        <Group gap={8} wrap="nowrap">
          <StateBadge state={draft.state} />
          {!readOnly && (draft.state === 'InDraft' || draft.saving !== 'saved') && (
            <Text size="xs" c="dimmed" role="status" className="st-saving">
              {t(`designer.saving.${draft.saving}`)}
            </Text>
          )}
        </Group>
      </div>
      <Group
        gap={2}
        wrap="nowrap"
        className="st-bar-tools"
        role="toolbar"
        aria-label={t('designer.tools')}
      >
        <Tool
          icon={Undo2}
          label={t('designer.undo')}
          off={locked || !past.canUndo}
          act={past.undo}
        />
        <Tool
          icon={Redo2}
          label={t('designer.redo')}
          off={locked || !past.canRedo}
          act={past.redo}
        />
        <span className="st-divide" />
        <Tool icon={Copy} label={t('base:copy')} off={!chosen.length} act={editor.copy} />
        <Tool icon={ClipboardPaste} label={t('designer.paste')} off={locked} act={editor.paste} />
        <Tool
          icon={Trash2}
          label={t('base:delete')}
          off={locked || !chosen.length}
          act={() => editor.remove(new Set(chosen), new Set())}
        />
        <span className="st-divide" />
        <Tool icon={Network} label={t('designer.arrange')} off={locked} act={editor.arrange} />
      </Group>
      <Group gap={6} wrap="nowrap" className="st-bar-acts">
        {!readOnly && (
          <>
            <Group gap={0} wrap="nowrap">
              <Button
                className="st-run"
                leftSection={<Play size={15} aria-hidden />}
                loading={editor.running}
                disabled={empty}
                onClick={() => void editor.run()}
              >
                {t('designer.run')}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button
                    px={6}
                    className="st-run-more"
                    disabled={empty || editor.running}
                    aria-label={t('designer.runMore')}
                  >
                    <ChevronDown size={15} aria-hidden />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item disabled={!modules.length} onClick={() => void editor.run(modules)}>
                    {t('designer.runSelected')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Group>
            <ServiceMenu editor={editor} />
          </>
        )}
        <More editor={editor} />
        <span className="st-narrow">
          <Tool
            icon={PanelLeft}
            label={t('palette.title')}
            on={side === 'palette'}
            act={() => onSide(side === 'palette' ? null : 'palette')}
          />
          <Tool
            icon={PanelRight}
            label={t('designer.properties')}
            on={side === 'pane'}
            act={() => onSide(side === 'pane' ? null : 'pane')}
          />
        </span>
      </Group>
    </div>
  );
}

function Tool({
  icon: Icon,
  label,
  act,
  off,
  on,
}: {
  icon: LucideIcon;
  label: string;
  act: () => void;
  off?: boolean;
  on?: boolean;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={on ? 'light' : 'subtle'}
        color={on ? 'accent' : 'gray'}
        size="md"
        aria-label={label}
        aria-pressed={on}
        disabled={off}
        onClick={act}
      >
        <Icon size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function More({ editor }: { editor: Editor }) {
  const { t } = useTranslation(['studio', 'base']);
  const [, go] = useLocation();
  const saveAs = useSaveAs(editor);
  const [asked, ask] = useState(false);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('base:more')}>
          <EllipsisVertical size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<History size={15} aria-hidden />}
          onClick={() => go(`/experiments/${editor.draft.id}/history`)}
        >
          {t('history.title')}
        </Menu.Item>
        {editor.mayEdit && (
          <Menu.Item leftSection={<Save size={15} aria-hidden />} onClick={() => void saveAs()}>
            {t('designer.saveAs')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Keyboard size={15} aria-hidden />} onClick={() => ask(true)}>
          {t('keys.title')}
        </Menu.Item>
      </Menu.Dropdown>
      {asked && <Shortcuts onClose={() => ask(false)} />}
    </Menu>
  );
}
