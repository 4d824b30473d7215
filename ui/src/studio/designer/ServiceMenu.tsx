import { Button, Menu, Text } from '@mantine/core';
import { Globe } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { useConfirm } from '../../base/confirm.tsx';
import { toast } from '../../base/toast.tsx';
import { useForget } from '../data/queries.ts';
import type { ExperimentEntry } from '../data/types.ts';
import { freeName, type Item, itemOf, withItem, withWire } from './canvas.ts';
import { portsOf } from './ports.ts';
import type { Editor } from './useEditor.ts';

/** Makes a web service of an experiment: ports, conversion, publishing. */
export function ServiceMenu({ editor }: { editor: Editor }) {
  const { t } = useTranslation(['studio', 'base']);
  const [, go] = useLocation();
  const confirm = useConfirm();
  const forget = useForget();
  const [busy, setBusy] = useState(false);
  const { held, draft, ran, api } = editor;
  const served = held.canvas.items.some(({ kind }) => kind === 'output');
  const ready = draft.state === 'Finished' && draft.saving === 'saved' && served;
  const trains = [...editor.nodes.values()].some(({ Outputs }) =>
    Outputs.some(({ Type }) => Type === 'ILearner' || Type === 'ICluster'),
  );
  // What has not run as it is now runs first, and is published when it has ended well.
  const [waiting, wait] = useState(false);
  const publish = async () => {
    const sure = await confirm({
      title: t('publish.title'),
      body: `${t('publish.body', { name: held.name })} ${ready ? '' : t('publish.runsFirst')}`,
      action: t('base:yes'),
    });
    if (!sure) return;
    if (ready) await send();
    else wait(await editor.run());
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end of the run counts
  useEffect(() => {
    if (!waiting || draft.state === 'Running') return;
    wait(false);
    if (draft.state === 'Finished') void send();
  }, [waiting, draft.state]);
  const send = async () => {
    setBusy(true);
    try {
      const told = await post<{ WebServiceGroupId: string }>(
        `${api}/experiments/${draft.id}/webservice`,
        {},
      );
      await forget('services');
      toast.done(t('publish.done', { name: held.name }));
      go(`/services/${told.WebServiceGroupId}`);
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const predictive = async () => {
    setBusy(true);
    try {
      const made = await post<ExperimentEntry>(
        `${api}/experiments/${ran?.id ?? draft.id}/predictive`,
        {},
      );
      await forget('experiments', 'saved');
      toast.done(t('publish.converted'));
      go(`/experiments/${made.ExperimentId}`);
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <Button
            variant="default"
            disabled={editor.running}
            loading={busy}
            aria-label={t('publish.setUp')}
          >
            <Labelled long={t('publish.setUp')} short={t('publish.setUpShort')} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={editor.locked} onClick={() => withPorts(editor)}>
            {t('publish.ports')}
            <Text size="xs" c="dimmed">
              {t('publish.portsHelp')}
            </Text>
          </Menu.Item>
          <Menu.Item disabled={!trains || !ran} onClick={() => void predictive()}>
            {t('publish.predictive')}
            <Text size="xs" c="dimmed">
              {t('publish.predictiveHelp')}
            </Text>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        variant="default"
        leftSection={<Globe size={15} aria-hidden />}
        disabled={!served || editor.running || busy}
        title={served ? undefined : t('publish.noPorts')}
        aria-label={t('publish.action')}
        onClick={() => void publish()}
      >
        <Labelled long={t('publish.action')} short={t('publish.actionShort')} />
      </Button>
    </>
  );
}

/** A phone has room for the first word only. */
function Labelled({ long, short }: { long: string; short: string }) {
  return (
    <>
      <span className="st-long">{long}</span>
      <span className="st-short">{short}</span>
    </>
  );
}

/** Puts an input where data first come in, and an output where they last go out. */
function withPorts(editor: Editor): void {
  const { shelf } = editor;
  editor.change((canvas) => {
    let next = canvas;
    const modules = canvas.items.filter(({ kind }) => kind === 'module');
    const tables = (item: Item, side: 'inputs' | 'outputs') =>
      portsOf(item, shelf)[side].filter(({ Type }) => Type === 'DataTable');
    const feeds = (id: string) =>
      canvas.wires.some(
        ({ from, to }) => from.id === id && itemOf(canvas, to.id)?.kind === 'module',
      );
    if (!canvas.items.some(({ kind }) => kind === 'input')) {
      const first = modules.find(
        (item) =>
          tables(item, 'inputs').length &&
          !canvas.wires.some(
            ({ from, to }) => to.id === item.id && itemOf(canvas, from.id)?.kind === 'module',
          ),
      );
      if (first) next = put(next, 'input', first, tables(first, 'inputs')[0]!.Name);
    }
    if (!canvas.items.some(({ kind }) => kind === 'output')) {
      const last = modules.findLast((item) => tables(item, 'outputs').length && !feeds(item.id));
      if (last) next = put(next, 'output', last, tables(last, 'outputs')[0]!.Name);
    }
    return next;
  });
}

function put(
  canvas: Editor['held']['canvas'],
  kind: 'input' | 'output',
  at: Item,
  port: string,
): Editor['held']['canvas'] {
  const of = freeName(canvas, kind);
  const id = `${kind}-${at.id}`;
  const { x, y } = canvas.places[at.id] ?? { x: 0, y: 0 };
  const place = kind === 'input' ? { x: x + 260, y: y - 100 } : { x, y: y + 120 };
  const end = { id: at.id, port };
  const own = { id, port: 'data' };
  return withWire(
    withItem(canvas, { id, kind, of }, place),
    kind === 'input' ? { from: own, to: end } : { from: end, to: own },
  );
}
