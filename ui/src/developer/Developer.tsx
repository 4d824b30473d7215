import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch, useLocation } from 'wouter';
import { useSession } from '../api/session.ts';
import { NotFound } from '../base/NotFound.tsx';
import { Shell } from '../base/Shell.tsx';
import { MustSignIn } from './account/MustSignIn.tsx';
import { pagesQuery } from './data.ts';
import { Home } from './Home.tsx';

const Apis = lazy(() => import('./apis/Apis.tsx'));
const ApiPage = lazy(() => import('./apis/ApiPage.tsx'));
const IssuePage = lazy(() => import('./apis/IssuePage.tsx'));
const OperationPage = lazy(() => import('./operation/OperationPage.tsx'));
const Batch = lazy(() => import('./batch/Batch.tsx'));
const Products = lazy(() => import('./products/Products.tsx'));
const ProductPage = lazy(() => import('./products/ProductPage.tsx'));
const Subscriptions = lazy(() => import('./mine/Subscriptions.tsx'));
const Usage = lazy(() => import('./mine/Usage.tsx'));
const WrittenPage = lazy(() => import('./pages/WrittenPage.tsx'));
const SignIn = lazy(() => import('./account/SignIn.tsx'));
const SignUp = lazy(() => import('./account/SignUp.tsx'));
const Confirm = lazy(() => import('./account/Confirm.tsx'));
const Reset = lazy(() => import('./account/Reset.tsx'));
const Invitation = lazy(() => import('./account/Invitation.tsx'));
const NewEmail = lazy(() => import('./account/NewEmail.tsx'));
const Authorized = lazy(() => import('./account/Authorized.tsx'));
const Profile = lazy(() => import('./account/Profile.tsx'));

/** What somebody needs who is not signed in. */
const ACCOUNT = /^\/(signin|signup|confirm|reset|invitation|email)$/;

export function Developer() {
  const { t } = useTranslation(['developer', 'base']);
  const { user, site } = useSession();
  const [place] = useLocation();
  const pages = useQuery(pagesQuery).data ?? [];
  const nav = [
    { to: '/apis', label: t('nav.apis') },
    { to: '/products', label: t('nav.products') },
    ...(user
      ? [
          { to: '/my/subscriptions', label: t('nav.subscriptions') },
          { to: '/my/usage', label: t('nav.usage') },
        ]
      : []),
    ...pages.map(({ slug, title }) => ({ to: `/pages/${encodeURIComponent(slug)}`, label: title })),
  ];
  if (site.signInRequired && !user && !ACCOUNT.test(place))
    return (
      <Shell face="developer" nav={[]}>
        <MustSignIn title={site.name} />
      </Shell>
    );
  return (
    <Shell face="developer" nav={nav}>
      <Switch>
        <Route path="/" component={Home} />
        <Route path="/apis" component={Apis} />
        <Route path="/apis/:api/operations/:operation" component={OperationPage} />
        <Route path="/apis/:api/batch" component={Batch} />
        <Route path="/apis/:api/issues/:issue" component={IssuePage} />
        <Route path="/apis/:api/:tab?" component={ApiPage} />
        <Route path="/products" component={Products} />
        <Route path="/products/:product" component={ProductPage} />
        <Route path="/my/subscriptions" component={Subscriptions} />
        <Route path="/my/usage" component={Usage} />
        <Route path="/pages/:slug" component={WrittenPage} />
        <Route path="/signin" component={SignIn} />
        <Route path="/signup" component={SignUp} />
        <Route path="/confirm" component={Confirm} />
        <Route path="/reset" component={Reset} />
        <Route path="/invitation" component={Invitation} />
        <Route path="/email" component={NewEmail} />
        <Route path="/authorization" component={Authorized} />
        <Route path="/profile" component={Profile} />
        <Route component={NotFound} />
      </Switch>
    </Shell>
  );
}
