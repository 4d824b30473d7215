import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { NotFound } from '../base/NotFound.tsx';
import { Page } from '../base/Page.tsx';
import { RequireRole } from '../base/RequireRole.tsx';
import { Shell } from '../base/Shell.tsx';

export function Studio() {
  const { t } = useTranslation(['studio', 'base']);
  const nav = [{ to: '/', label: t('nav.experiments') }];
  return (
    <Shell face="studio" caption={t('title')} nav={nav}>
      <RequireRole title={t('title')}>
        <Switch>
          <Route path="/">
            <Page title={t('nav.experiments')}>{null}</Page>
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </RequireRole>
    </Shell>
  );
}
