import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { NotFound } from '../base/NotFound.tsx';
import { Page } from '../base/Page.tsx';
import { RequireRole } from '../base/RequireRole.tsx';
import { Shell } from '../base/Shell.tsx';

export function Publisher() {
  const { t } = useTranslation(['publisher', 'base']);
  const nav = [{ to: '/', label: t('nav.overview') }];
  return (
    <Shell face="publisher" caption={t('title')} nav={nav} layout="side">
      <RequireRole title={t('title')}>
        <Switch>
          <Route path="/">
            <Page title={t('nav.overview')}>{null}</Page>
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </RequireRole>
    </Shell>
  );
}
