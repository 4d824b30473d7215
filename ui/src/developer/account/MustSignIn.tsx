import { Container, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from '../../base/Page.tsx';
import { SignInForm } from '../../base/SignInForm.tsx';

/** A page that is somebody's own, before it is known whose. */
export function MustSignIn({ title }: { title: string }) {
  const { t } = useTranslation('developer');
  return (
    <Page title={title}>
      <Container size={400} px={0} ml={0}>
        <Text mb="md">{t('account.mustSignIn')}</Text>
        <SignInForm />
      </Container>
    </Page>
  );
}
