import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';

type Props = { value: string | (() => Promise<string>); label: string; text?: boolean };

/** Copies a text, or one that must be fetched first. */
export function CopyButton({ value, label, text }: Props) {
  const { t } = useTranslation('base');
  const { copied, copy } = useClipboard({ timeout: 1500 });
  const act = async () => copy(typeof value === 'string' ? value : await value());
  const Icon = copied ? Check : Copy;
  const icon = <Icon size={15} aria-hidden />;
  if (text)
    return (
      <Button size="xs" variant="default" leftSection={icon} onClick={() => void act()}>
        {copied ? t('copied') : label}
      </Button>
    );
  return (
    <Tooltip label={copied ? t('copied') : label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => void act()}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
