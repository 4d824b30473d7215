import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { date } from '../../base/format.ts';
import { type Kind, ResourcePage } from '../parts/ResourcePage.tsx';
import type { Properties } from '../rest/management.ts';

type Certificate = { subject: string; thumbprint: string; expirationDate: string };
const SOON = 30 * 86_400_000;

/** Certificates with keys: what the gateway shows to backends. */
export function Certificates() {
  const { t } = useTranslation(['publisher', 'base']);
  const kind: Kind<Certificate> = {
    path: '/certificates',
    words: {
      title: t('certificates.title'),
      lead: t('certificates.lead'),
      one: t('certificates.one'),
      new: t('certificates.new'),
      empty: t('certificates.empty'),
    },
    search: ['name', 'subject', 'thumbprint'],
    columns: [
      { key: 'name', title: t('form.id'), sortable: true, text: ({ name }) => name },
      {
        key: 'subject',
        title: t('certificates.subject'),
        sortable: true,
        text: ({ properties }) => properties.subject,
      },
      {
        key: 'thumbprint',
        title: t('certificates.thumbprint'),
        sortable: true,
        text: ({ properties }) => properties.thumbprint,
        cell: ({ properties }) => <code>{properties.thumbprint.slice(0, 12)}…</code>,
      },
      {
        key: 'expirationDate',
        title: t('certificates.expires'),
        sortable: true,
        text: ({ properties }) => date(properties.expirationDate),
        cell: ({ properties }) => <Expiry moment={properties.expirationDate} />,
      },
    ],
    verb: 'PUT',
    shown: () => ({}),
    sent: pfx,
    fields: [
      {
        at: 'file',
        label: t('certificates.file'),
        kind: 'file',
        required: true,
        placeholder: t('certificates.choose'),
        help: t('certificates.fileHelp'),
      },
      { at: 'password', label: t('certificates.password'), kind: 'secret' },
    ],
  };
  return <ResourcePage kind={kind} />;
}

function Expiry({ moment }: { moment: string }) {
  const { t } = useTranslation('publisher');
  const left = Date.parse(moment) - Date.now();
  if (left > SOON) return date(moment);
  const words = left < 0 ? t('certificates.expired') : t('certificates.soon');
  return (
    <>
      {date(moment)} <Badge color={left < 0 ? 'danger' : 'warn'}>{words}</Badge>
    </>
  );
}

async function pfx({ file, password }: Properties): Promise<Properties> {
  const bytes = new Uint8Array(await (file as File).arrayBuffer());
  const text = Array.from(bytes, (one) => String.fromCharCode(one)).join('');
  return { data: btoa(text), password: password ?? '' };
}
