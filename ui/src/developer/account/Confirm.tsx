import { useTranslation } from 'react-i18next';
import { MailedLink } from './MailedLink.tsx';

/** The link of the confirmation mail. */
export default function Confirm() {
  const { t } = useTranslation('developer');
  return (
    <MailedLink
      path="/account/confirm"
      title={t('account.confirm')}
      text={t('account.confirmText')}
      action={t('account.confirmAction')}
      done={t('account.confirmed')}
      next="/products"
    />
  );
}
