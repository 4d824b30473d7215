import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Came, CHANNEL } from '../../parts/authorization.ts';
import { Narrow } from './Narrow.tsx';

/** Where authorization servers send people back to: tells the page that waits. */
export default function Authorized() {
  const { t } = useTranslation('base');
  const [came] = useState(read);
  useEffect(() => {
    if (!came.state) return;
    // The code leaves the address before anything can keep it.
    window.history.replaceState(null, '', window.location.pathname);
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(came);
    channel.close();
    window.close();
  }, [came]);
  return (
    <Narrow title={t('authorization.back')}>
      <Text>{came.state ? t('authorization.backText') : t('authorization.lost')}</Text>
    </Narrow>
  );
}

function read(): Came {
  const told = new URLSearchParams(window.location.search);
  return {
    state: told.get('state'),
    code: told.get('code'),
    iss: told.get('iss'),
    error: told.get('error'),
    description: told.get('error_description'),
  };
}
