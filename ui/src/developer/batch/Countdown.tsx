import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** How long the subscription's limit holds the flow up; it goes on by itself. */
export function Countdown({ until }: { until: number }) {
  const { t } = useTranslation('developer');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <Text size="sm" c="dimmed" mb="sm" role="timer">
      {t('batch.pause', { seconds })}
    </Text>
  );
}
