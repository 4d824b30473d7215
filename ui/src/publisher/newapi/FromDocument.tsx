import {
  Button,
  FileButton,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EntityForm } from '../parts/EntityForm.tsx';
import { formatOf, titleOf } from './document.ts';
import { following, useMaking } from './making.ts';

type Source = 'file' | 'link' | 'paste';

/** From OpenAPI, WADL or WSDL: a file, a link, or text that is pasted. */
export function FromDocument() {
  const { t } = useTranslation('publisher');
  const { fields, create } = useMaking();
  const [source, setSource] = useState<Source>('file');
  const [text, setText] = useState('');
  const [link, setLink] = useState('');
  const [name, setName] = useState('');
  const title = source === 'link' ? '' : titleOf(text);
  const ready = source === 'link' ? link.trim() !== '' : text.trim() !== '';
  return (
    <Stack className="pub-narrow">
      <SegmentedControl
        aria-label={t('newApi.source')}
        value={source}
        onChange={(now) => setSource(now as Source)}
        data={[
          { value: 'file', label: t('newApi.file') },
          { value: 'link', label: t('newApi.link') },
          { value: 'paste', label: t('newApi.paste') },
        ]}
      />
      {source === 'file' && (
        <Group>
          <Text size="sm" c="dimmed">
            {t('newApi.fileHelp')}
          </Text>
          <FileButton
            accept=".json,.yaml,.yml,.xml,.wsdl,.wadl"
            onChange={(file) => {
              setName(file?.name ?? '');
              void file?.text().then(setText);
            }}
          >
            {(button) => (
              <Button {...button} variant="default" leftSection={<FileUp size={15} aria-hidden />}>
                {name || t('newApi.choose')}
              </Button>
            )}
          </FileButton>
        </Group>
      )}
      {source === 'link' && (
        <TextInput
          label={t('newApi.address')}
          description={t('newApi.addressHelp')}
          type="url"
          value={link}
          placeholder="https://example.com/openapi.json"
          onChange={(event) => setLink(event.currentTarget.value)}
        />
      )}
      {source === 'paste' && (
        <Textarea
          label={t('newApi.text')}
          autosize
          minRows={8}
          maxRows={20}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {ready && (
        <EntityForm
          key={title}
          fresh
          fields={[
            { ...fields.name, required: source === 'link', help: t('newApi.nameHelp') },
            fields.id,
            fields.path,
            fields.protocols,
            fields.product,
          ]}
          initial={following(
            { displayName: title, path: '', protocols: ['http', 'https'] },
            'displayName',
          )}
          follow={following}
          action={t('newApi.import')}
          onSave={({ follows: _, ...values }) => {
            const document =
              source === 'link'
                ? { format: formatOf(link, true), value: link.trim() }
                : { format: formatOf(text, false), value: text };
            return create({ ...values, path: values.path ?? '', ...document });
          }}
        />
      )}
    </Stack>
  );
}
