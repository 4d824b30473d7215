import { Boxes, Database, FlaskConical, ListChecks } from 'lucide-react';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch, useRoute } from 'wouter';
import { useSession } from '../api/session.ts';
import { NotFound } from '../base/NotFound.tsx';
import { RequireRole } from '../base/RequireRole.tsx';
import { Shell } from '../base/Shell.tsx';
import './studio.css';

const ExperimentList = lazy(async () => ({
  default: (await import('./experiments/ExperimentList.tsx')).ExperimentList,
}));
const History = lazy(async () => ({
  default: (await import('./experiments/History.tsx')).History,
}));
const Designer = lazy(async () => ({
  default: (await import('./designer/DesignerPage.tsx')).DesignerPage,
}));
const OutputPage = lazy(async () => ({
  default: (await import('./visualize/OutputPage.tsx')).OutputPage,
}));
const DatasetList = lazy(async () => ({
  default: (await import('./datasets/DatasetList.tsx')).DatasetList,
}));
const DatasetPage = lazy(async () => ({
  default: (await import('./datasets/DatasetPage.tsx')).DatasetPage,
}));
const ServiceList = lazy(async () => ({
  default: (await import('./services/ServiceList.tsx')).ServiceList,
}));
const ServicePage = lazy(async () => ({
  default: (await import('./services/ServicePage.tsx')).ServicePage,
}));
const HelpPage = lazy(async () => ({
  default: (await import('./services/HelpPage.tsx')).HelpPage,
}));
const JobsPage = lazy(async () => ({ default: (await import('./jobs/JobsPage.tsx')).JobsPage }));

/** `#workspaces/WS/experiments/ID`, and `#Workspaces/Experiments/Experiment/ID/ViewExperiment`. */
const OLD = /^#\/?workspaces\/(?:[^/]+\/)?experiments\/(?:experiment\/)?(?!List)([\w.-]+)/i;

/** The studio's face: every page arrives when it is first opened. */
export function Studio() {
  const { t } = useTranslation('studio');
  const { user } = useSession();
  const [designing] = useRoute('/experiments/:id');
  // Addresses of the old studio, as its REST tells them.
  const pointed = OLD.exec(window.location.hash)?.[1];
  const nav = [
    { to: '/', label: t('nav.experiments'), icon: FlaskConical },
    { to: '/services', label: t('nav.services'), icon: Boxes },
    { to: '/jobs', label: t('nav.jobs'), icon: ListChecks },
    { to: '/datasets', label: t('nav.datasets'), icon: Database },
  ];
  return (
    <Shell
      face="studio"
      caption={t('title')}
      nav={user?.role ? nav : []}
      full={Boolean(designing && user?.role)}
    >
      <RequireRole title={t('title')}>
        <Switch>
          <Route path="/">
            {pointed ? <Redirect to={`/experiments/${pointed}`} replace /> : <ExperimentList />}
          </Route>
          <Route path="/experiments/:id">{({ id }) => <Designer id={id} />}</Route>
          <Route path="/experiments/:id/history">{({ id }) => <History id={id} />}</Route>
          <Route path="/experiments/:id/outputs/:node/:port">
            {({ id, node, port }) => (
              <OutputPage id={id} node={decodeURIComponent(node)} port={decodeURIComponent(port)} />
            )}
          </Route>
          <Route path="/datasets">
            <DatasetList />
          </Route>
          <Route path="/datasets/:id">{({ id }) => <DatasetPage key={id} id={id} />}</Route>
          <Route path="/services">
            <ServiceList />
          </Route>
          <Route path="/services/:id/endpoints/:endpoint/help/:page">
            {({ id, endpoint, page }) => (
              <HelpPage service={id} name={decodeURIComponent(endpoint)} page={page} />
            )}
          </Route>
          <Route path="/services/:id/:tab?">
            {({ id, tab }) => <ServicePage key={id} id={id} tab={tab ?? 'dashboard'} />}
          </Route>
          <Route path="/jobs">
            <JobsPage />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </RequireRole>
    </Shell>
  );
}
