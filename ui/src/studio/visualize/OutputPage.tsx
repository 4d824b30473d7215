import { Button, Menu } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Crumbs } from '../../base/Crumbs.tsx';
import { bytes } from '../../base/format.ts';
import { Page } from '../../base/Page.tsx';
import { experimentQuery, modulesQuery, useBase } from '../data/queries.ts';
import { useTelling } from '../data/useTelling.ts';
import { OutputView } from './OutputView.tsx';
import { outputPath, useOutput } from './output.ts';

const FORMATS = ['csv', 'tsv', 'arff', 'svmlight', 'parquet'];

/** What stands on an output of a run, on a page of its own. */
export function OutputPage({ id, node, port }: { id: string; node: string; port: string }) {
  const { t } = useTranslation(['studio', 'base']);
  const { api } = useBase();
  const { data: experiment } = useSuspenseQuery(experimentQuery(api, id));
  const { data: modules } = useSuspenseQuery(modulesQuery(api));
  const tell = useTelling();
  const told = tell.of('ports', port);
  const { data: facts } = useOutput(api, id, node, port);
  const family = experiment.Graph.ModuleNodes.find((each) => each.Id === node)?.ModuleId;
  const module = tell.module(modules.find((each) => each.Id === family)?.Name ?? node);
  const data = `${api}/experiments/${id}/outputdata/${encodeURIComponent(node)}/${encodeURIComponent(port)}`;
  return (
    <Page
      title={`${module}: ${told}`}
      lead={`${t(`ports.${facts.Type}`)} · ${bytes(facts.Size)}`}
      above={
        <Crumbs
          trail={[
            { to: '/', label: t('nav.experiments') },
            { to: `/experiments/${id}`, label: experiment.Description },
          ]}
          here={told}
        />
      }
      actions={
        facts.Type === 'DataTable' ? (
          <Menu>
            <Menu.Target>
              <Button variant="default" leftSection={<Download size={16} aria-hidden />}>
                {t('base:download')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {FORMATS.map((format) => (
                <Menu.Item key={format} component="a" href={`${data}?format=${format}`} download>
                  {format.toUpperCase()}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : undefined
      }
    >
      <OutputView
        path={outputPath(api, id, node, port)}
        facts={facts}
        label={`${module}: ${told}`}
      />
    </Page>
  );
}
