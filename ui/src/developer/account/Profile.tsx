import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { Page } from '../../base/Page.tsx';
import { Closing } from './Closing.tsx';
import { Email } from './Email.tsx';
import { MustSignIn } from './MustSignIn.tsx';
import { Names } from './Names.tsx';
import { Password } from './Password.tsx';
import { Sessions } from './Sessions.tsx';

/** What one's account holds, and the way to change or close it. */
export default function Profile() {
  const { t } = useTranslation(['developer', 'base']);
  const { user } = useSession();
  if (!user) return <MustSignIn title={t('base:account.profile')} />;
  return (
    <Page title={t('base:account.profile')} lead={user.email}>
      <div>
        <Names user={user} />
        <Email user={user} />
        <Password />
        <Sessions />
        <Closing email={user.email} />
      </div>
    </Page>
  );
}
