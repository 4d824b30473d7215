import { Button, Container, Group, Text, Title } from '@mantine/core';
import { QueryErrorResetBoundary, useQueryClient } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { NotFound } from './NotFound.tsx';
import { Refusal } from './Refusal.tsx';
import { partMissing, reloadIfReachable } from './upgrade.ts';

type Caught = { error: unknown };

/** What a page that fails turns into: says so, and offers another try. */
export function ErrorBoundary({ place = '', children }: { place?: string; children: ReactNode }) {
  const client = useQueryClient();
  // What failed is asked for anew when somebody comes back: it may be there by then.
  const forget = () =>
    client.removeQueries({
      type: 'inactive',
      predicate: ({ state }) => state.status === 'error',
    });
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <Boundary
          place={place}
          reset={() => {
            forget();
            reset();
          }}
        >
          {children}
        </Boundary>
      )}
    </QueryErrorResetBoundary>
  );
}

type Props = { children: ReactNode; reset: () => void; place: string };

class Boundary extends Component<Props, Caught> {
  override state: Caught = { error: null };

  static getDerivedStateFromError(error: unknown): Caught {
    return { error };
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.error !== null) {
      this.props.reset();
      this.setState({ error: null });
    }
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof ApiError && error.status === 404) return <NotFound />;
    const missing = partMissing(error);
    const again = () => {
      if (missing) return void reloadIfReachable();
      this.props.reset();
      this.setState({ error: null });
    };
    return (
      <Translation ns="base">
        {(t) => (
          <Container size="sm" py="xl">
            <Title order={1}>{t('failed.title')}</Title>
            <Text c="dimmed" my="sm">
              {t('failed.body')}
            </Text>
            <Refusal error={missing ? new ApiError(0, { code: 'Unreachable' }) : error} />
            <Group mt="md">
              <Button onClick={again}>{t('failed.again')}</Button>
              <Button variant="default" onClick={() => window.location.reload()}>
                {t('failed.reload')}
              </Button>
            </Group>
          </Container>
        )}
      </Translation>
    );
  }
}
