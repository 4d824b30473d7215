import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, remove } from '../../api/client.ts';
import { Concern } from '../../base/Concern.tsx';
import { dateTime } from '../../base/format.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { browserOf } from './browser.ts';

type Known = {
  id: string;
  agent: string;
  address: string;
  seen: string;
  current: boolean;
};

/** Where the account is signed in, and the way to end each. */
export function Sessions() {
  const { t } = useTranslation('developer');
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => get<{ value: Known[] }>('/account/sessions'),
  });
  const end = async (id: string) => {
    try {
      await remove(`/account/sessions/${encodeURIComponent(id)}`);
      toast.done(t('account.sessionEnded'));
    } catch (refused) {
      toast.failed(refused);
    }
    await client.invalidateQueries({ queryKey: ['sessions'] });
  };
  return (
    <Concern title={t('account.sessions')} lead={t('account.sessionsLead')}>
      <Refusal error={error} />
      {data?.value.map((one) => (
        <Group key={one.id} justify="space-between" wrap="nowrap" className="dev-entry">
          <div>
            <Text size="sm" lineClamp={1} title={one.agent}>
              {browserOf(one.agent) || one.agent || t('account.unknownBrowser')}
            </Text>
            <Text size="xs" c="dimmed">
              {one.address} · {dateTime(one.seen)}
            </Text>
          </div>
          {one.current ? (
            <Badge color="ok" miw="fit-content">
              {t('account.thisSession')}
            </Badge>
          ) : (
            <Button
              size="xs"
              variant="default"
              miw="fit-content"
              onClick={() => void end(one.id)}
              aria-label={t('account.endSession', { time: dateTime(one.seen) })}
            >
              {t('account.end')}
            </Button>
          )}
        </Group>
      ))}
    </Concern>
  );
}
