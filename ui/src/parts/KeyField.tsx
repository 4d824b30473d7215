import { ActionIcon, Group } from '@mantine/core';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../base/toast.tsx';
import { CopyButton } from './CopyButton.tsx';

type Props = {
  /** "Primary key": the accessible names of the buttons hold it. */
  name: string;
  /** Known already, or fetched when it is first shown or copied. */
  value?: string;
  fetch?: () => Promise<string>;
};

/** A secret: dots until it is asked for. */
export function KeyField({ name, value, fetch }: Props) {
  const { t } = useTranslation('base');
  const [shown, setShown] = useState<string | null>(null);
  const reveal = async () => {
    if (shown !== null) return setShown(null);
    try {
      setShown(value ?? (await fetch!()));
    } catch (error) {
      toast.failed(error);
    }
  };
  const Icon = shown === null ? Eye : EyeOff;
  return (
    <Group gap={2} wrap="nowrap">
      <code className="app-key">
        {shown ?? (
          <span aria-label={t('key.hidden')} role="img">
            {'•'.repeat(16)}
          </span>
        )}
      </code>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t(shown === null ? 'key.show' : 'key.hide', { name })}
        onClick={() => void reveal()}
      >
        <Icon size={15} aria-hidden />
      </ActionIcon>
      <CopyButton
        label={t('key.copy', { name })}
        value={async () => {
          try {
            return shown ?? value ?? (await fetch!());
          } catch (error) {
            toast.failed(error);
            return '';
          }
        }}
      />
    </Group>
  );
}
