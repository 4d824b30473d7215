import { Text, Title, Typography } from '@mantine/core';
import { createElement, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { filled, type Piece, pieces } from './preview.ts';

type Props = { subject: string; body: string; tokens: { name: string; title?: string }[] };

/** The mail with its tokens filled in by examples; drawn as elements, never as HTML. */
export function Preview({ subject, body, tokens }: Props) {
  const { t } = useTranslation('publisher');
  const { site, user } = useSession();
  const known: Record<string, string> = {
    ...Object.fromEntries(tokens.map(({ name, title }) => [name, `[${title ?? name}]`])),
    DevFirstName: user?.firstName ?? 'Ann',
    DevLastName: user?.lastName ?? 'Example',
    OrganizationName: site.name,
    DevPortalUrl: window.location.origin,
    ConfirmUrl: `${window.location.origin}/confirm?token=…`,
  };
  const drawn = useMemo(() => {
    const parsed = new DOMParser().parseFromString(body, 'text/html');
    return pieces(parsed.body.childNodes);
  }, [body]);
  return (
    <section className="pub-mail" aria-label={t('templates.preview')}>
      <Text size="xs" c="dimmed" fw={600}>
        {t('templates.preview')}
      </Text>
      <Title order={3} mb="xs">
        {filled(subject, known)}
      </Title>
      <Typography fz="sm">{drawn.map((one, index) => draw(one, index, known))}</Typography>
    </section>
  );
}

function draw(piece: Piece, key: number, tokens: Record<string, string>): ReactNode {
  if (typeof piece === 'string') return filled(piece, tokens);
  const { name, href, children } = piece;
  const inner = children.map((one, index) => draw(one, index, tokens));
  const empty = name === 'br' || name === 'hr';
  return createElement(name, href ? { key, href } : { key }, ...(empty ? [] : inner));
}
