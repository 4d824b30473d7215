import { ActionIcon, Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch, post } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { useFocusBack } from '../../base/useFocusBack.ts';
import type { Subscription } from '../data.ts';

type Props = { one: Subscription; onRenewed: () => void };

/** What one can do to a subscription: rename, make keys anew, cancel. */
export function Actions({ one, onRenewed }: Props) {
  const { t } = useTranslation(['developer', 'base']);
  const client = useQueryClient();
  const confirm = useConfirm();
  const [renaming, setRenaming] = useState(false);
  useFocusBack(renaming);
  const path = `/developer/subscriptions/${encodeURIComponent(one.id)}`;
  const name = one.name ?? one.id;
  const refresh = () => client.invalidateQueries({ queryKey: ['subscriptions'] });
  const act = async (does: () => Promise<unknown>, done: string) => {
    try {
      await does();
      toast.done(done);
    } catch (error) {
      toast.failed(error);
    }
    await refresh();
  };
  const renew = async (key: 'primary' | 'secondary') => {
    const sure = await confirm({
      title: t(`mine.renew.${key}`),
      body: t('mine.renew.body', { name }),
      action: t('mine.renew.action'),
      danger: true,
    });
    if (!sure) return;
    await act(() => post(`${path}/regenerate`, { key }), t('mine.renew.done'));
    onRenewed();
  };
  const cancel = async () => {
    const sure = await confirm({
      title: t('mine.cancel.title', { name }),
      body: t('mine.cancel.body'),
      action: t('mine.cancel.action'),
      danger: true,
    });
    if (sure) await act(() => post(`${path}/cancel`), t('mine.cancel.done'));
  };
  const usable = one.state === 'active' || one.state === 'submitted';
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('mine.menu', { name })}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setRenaming(true)}>{t('mine.rename')}</Menu.Item>
          {usable && (
            <>
              <Menu.Item onClick={() => void renew('primary')}>{t('mine.renew.primary')}</Menu.Item>
              <Menu.Item onClick={() => void renew('secondary')}>
                {t('mine.renew.secondary')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="danger" onClick={() => void cancel()}>
                {t('mine.cancel.action')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={renaming}
        onClose={() => setRenaming(false)}
        title={t('mine.rename')}
        closeButtonProps={{ 'aria-label': t('base:close') }}
      >
        <Rename
          before={name}
          onSave={async (after) => {
            await patch(path, { name: after });
            await refresh();
            setRenaming(false);
            toast.done(t('base:saved'));
          }}
        />
      </Modal>
    </>
  );
}

function Rename({ before, onSave }: { before: string; onSave: (name: string) => Promise<void> }) {
  const { t } = useTranslation(['developer', 'base']);
  const [name, setName] = useState(before);
  const [error, setError] = useState<unknown>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(name.trim()).catch(setError);
      }}
    >
      <Refusal error={error} />
      <TextInput
        label={t('base:name')}
        required
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md">
        <Button type="submit">{t('base:save')}</Button>
      </Group>
    </form>
  );
}
