import { Button, Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../base/toast.tsx';
import { download } from '../parts/csv.ts';
import { at, useAsk } from '../rest/management.ts';

const FORMATS = ['openapi', 'openapi+json', 'swagger'] as const;

/** The API as a document to keep. */
export function Export({ id }: { id: string }) {
  const { t } = useTranslation('publisher');
  const ask = useAsk();
  const keep = async (format: string) => {
    try {
      const query = { export: true, format };
      const { value } = await ask<{ value: string }>('GET', at`/apis/${id}`, { query });
      const ending = format === 'openapi' ? 'yaml' : 'json';
      download(`${id}.${ending}`, value, `application/${ending}`);
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={15} aria-hidden />}>
          {t('api.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => void keep(format)}>
            {t(`api.formats.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
