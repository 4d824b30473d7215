import { useTranslation } from 'react-i18next';
import { MailedLink } from './MailedLink.tsx';

/** The link of the mail to a new address. */
export default function NewEmail() {
  const { t } = useTranslation('developer');
  return (
    <MailedLink
      path="/account/email/confirm"
      title={t('account.newEmail')}
      text={t('account.newEmailText')}
      action={t('account.newEmailAction')}
      done={t('account.emailChanged')}
      next="/profile"
    />
  );
}
