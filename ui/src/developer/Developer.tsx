import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { NotFound } from '../base/NotFound.tsx';
import { Page } from '../base/Page.tsx';
import { Shell } from '../base/Shell.tsx';

export function Developer() {
  const { t } = useTranslation(['developer', 'base']);
  return (
    <Shell face="developer" nav={[]}>
      <Switch>
        <Route path="/">
          <Page title={t('title')}>{null}</Page>
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Shell>
  );
}
