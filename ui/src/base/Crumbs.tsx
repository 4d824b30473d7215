import { Anchor, Breadcrumbs, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

/** Where this page stands: links upwards, its own name last. */
export function Crumbs({ trail, here }: { trail: { to: string; label: string }[]; here: string }) {
  const { t } = useTranslation('base');
  return (
    <nav aria-label={t('crumbs')}>
      <Breadcrumbs mb="xs" separatorMargin={6} style={{ flexWrap: 'wrap' }}>
        {trail.map(({ to, label }) => (
          <Anchor key={to} component={Link} href={to} size="sm">
            {label}
          </Anchor>
        ))}
        <Text size="sm" c="dimmed" aria-current="page">
          {here}
        </Text>
      </Breadcrumbs>
    </nav>
  );
}
