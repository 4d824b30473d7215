import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { toast } from '../../base/toast.tsx';
import { Narrow } from './Narrow.tsx';
import { useToken } from './useToken.ts';

interface Props {
  /** Where the token goes. */
  path: string;
  title: string;
  text: string;
  action: string;
  /** What is said when it is done. */
  done: string;
  next: string;
}

/** The page of a mailed link; a click, since mail programs open links too. */
export function MailedLink({ path, title, text, action, done, next }: Props) {
  const token = useToken();
  const client = useQueryClient();
  const [, go] = useLocation();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => post(path, { token }),
    onSuccess: async () => {
      await client.invalidateQueries();
      toast.done(done);
      go(next);
    },
  });
  return (
    <Narrow title={title}>
      <Text mb="md">{text}</Text>
      <Refusal error={error} />
      <Button loading={isPending} disabled={!token} onClick={() => mutate()}>
        {action}
      </Button>
    </Narrow>
  );
}
