import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { useSession } from '../api/session.ts';
import { NotFound } from '../base/NotFound.tsx';
import { RequireRole } from '../base/RequireRole.tsx';
import { Shell } from '../base/Shell.tsx';
import './publisher.css';
import { useNavigation } from './navigation.ts';
import { PLAIN } from './plain.ts';

const ApiPage = lazy(async () => ({ default: (await import('./api/ApiPage.tsx')).ApiPage }));
const NewApi = lazy(async () => ({ default: (await import('./newapi/NewApi.tsx')).NewApi }));
const OperationPage = lazy(async () => ({
  default: (await import('./operation/OperationPage.tsx')).OperationPage,
}));
const ProductPage = lazy(async () => ({
  default: (await import('./products/ProductPage.tsx')).ProductPage,
}));
const UserPage = lazy(async () => ({ default: (await import('./users/UserPage.tsx')).UserPage }));
const PortalPage = lazy(async () => ({
  default: (await import('./portal/PortalPage.tsx')).PortalPage,
}));

/** The publisher's face: every page arrives when it is first opened. */
export function Publisher() {
  const { t } = useTranslation('publisher');
  const { user } = useSession();
  const nav = useNavigation();
  return (
    <Shell face="publisher" caption={t('title')} nav={user?.role ? nav : []} layout="side">
      <RequireRole title={t('title')}>
        <Switch>
          {PLAIN.map(([path, Plain]) => (
            <Route key={path} path={path}>
              <Plain />
            </Route>
          ))}
          <Route path="/apis/new/:way">{({ way }) => <NewApi way={way} />}</Route>
          <Route path="/apis/:api/operations/:id">
            {({ api, id }) => (
              <OperationPage
                key={`${api}/${id}`}
                api={decodeURIComponent(api)}
                id={decodeURIComponent(id)}
              />
            )}
          </Route>
          <Route path="/apis/:api/:tab?">
            {({ api, tab }) => (
              <ApiPage key={api} id={decodeURIComponent(api)} tab={tab ?? 'operations'} />
            )}
          </Route>
          <Route path="/products/:id/:tab?">
            {({ id, tab }) => (
              <ProductPage key={id} id={decodeURIComponent(id)} tab={tab ?? 'settings'} />
            )}
          </Route>
          <Route path="/users/:id">
            {({ id }) => <UserPage key={id} id={decodeURIComponent(id)} />}
          </Route>
          <Route path="/portal/:tab?">{({ tab }) => <PortalPage tab={tab ?? 'theme'} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </RequireRole>
    </Shell>
  );
}
