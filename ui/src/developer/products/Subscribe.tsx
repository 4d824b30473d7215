import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import { Refusal } from '../../base/Refusal.tsx';
import { PageLink } from '../../base/Shell.tsx';
import { toast } from '../../base/toast.tsx';
import type { Product, Subscription } from '../data.ts';

/** The way to a key of a product, or why there is none. */
export function Subscribe({ product }: { product: Product }) {
  const { t } = useTranslation(['developer', 'base']);
  const { user, site } = useSession();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="subscribe">
      <Title order={2} id="subscribe" mb="xs">
        {t('subscribe.title')}
      </Title>
      {product.subscriptions > 0 && (
        <Text size="sm" mb="sm">
          {t('subscribe.have', { count: product.subscriptions })}{' '}
          <PageLink to="/my/subscriptions">{t('nav.subscriptions')}</PageLink>
        </Text>
      )}
      {!user && product.subscriptionRequired ? (
        <>
          <Text size="sm" mb="sm">
            {t('subscribe.signIn')}
          </Text>
          <Button
            component="a"
            href={`/signin?return=${encodeURIComponent(window.location.pathname)}`}
          >
            {t('base:signIn.action')}
          </Button>
        </>
      ) : site.delegation.subscriptions ? (
        <Text size="sm">
          <Anchor
            href={`/session/delegation/subscribe?productId=${encodeURIComponent(product.id)}`}
          >
            {t('subscribe.elsewhere')}
          </Anchor>
        </Text>
      ) : product.canSubscribe ? (
        <Form product={product} />
      ) : (
        <Text size="sm">{t(`subscribe.reason.${reason(product.reason)}`)}</Text>
      )}
    </Paper>
  );
}

function reason(given: string | undefined) {
  const known = ['NoSubscriptionNeeded', 'NotPublished', 'LimitReached'] as const;
  return known.find((name) => name === given) ?? 'other';
}

function Form({ product }: { product: Product }) {
  const { t } = useTranslation(['developer', 'base']);
  const client = useQueryClient();
  const [, go] = useLocation();
  const [name, setName] = useState(product.name);
  const [accepted, setAccepted] = useState(false);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      post<Subscription>('/developer/subscriptions', {
        productId: product.id,
        name: name.trim() || null,
        termsAccepted: accepted,
      }),
    onSuccess: async ({ state }) => {
      toast.done(t(state === 'active' ? 'subscribe.active' : 'subscribe.waiting'));
      await Promise.all(
        ['subscriptions', 'product', 'products'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      );
      go('/my/subscriptions');
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Stack gap="sm">
        <Refusal error={error} />
        {product.approvalRequired && <Alert color="accent">{t('subscribe.approval')}</Alert>}
        <TextInput
          label={t('subscribe.name')}
          description={t('subscribe.nameHint')}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {product.terms && (
          <Checkbox
            label={t('subscribe.accept')}
            required
            checked={accepted}
            onChange={(event) => setAccepted(event.currentTarget.checked)}
          />
        )}
        <Button type="submit" loading={isPending} disabled={Boolean(product.terms) && !accepted}>
          {t('subscribe.action')}
        </Button>
      </Stack>
    </form>
  );
}
