import { Alert, List, Text } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { worded } from './worded.ts';

/** Words for an error: by its code if we have any, else the server's own. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation('base');
  return (error) => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
    const key = `errors.${error.code}`;
    if (!i18n.exists(key, { ns: 'base' })) return worded(error.message);
    return t(key as 'errors.Unreachable', { seconds: error.retryAfter ?? 60 });
  };
}

/** Codes of which our words say all there is to say. */
const TOLD = new Set([
  'AccountBlocked',
  'AccountPending',
  'AuthenticationFailed',
  'CsrfTokenInvalid',
  'PreconditionFailed',
  'SignInFailed',
  'TooManyAttempts',
  'Unauthenticated',
]);

/** An error in the place where it arose; the server's words stand below ours. */
export function Refusal({ error, title }: { error: unknown; title?: string }) {
  const text = useErrorText();
  if (!error) return null;
  const said = text(error);
  const known = error instanceof ApiError;
  return (
    <Alert
      color="danger"
      icon={<CircleAlert size={18} aria-hidden />}
      title={title ?? said}
      role="alert"
      my="sm"
    >
      {title && <Text size="sm">{said}</Text>}
      {known && error.message !== said && error.status > 0 && !announces(error) && (
        <Text size="sm">{worded(error.message)}</Text>
      )}
      {known && error.details.length > 0 && (
        <List size="sm" mt={4}>
          {error.details.map((detail) => (
            <List.Item key={`${detail.target}${detail.message}`}>
              {detail.target ? <code>{detail.target}</code> : null} {worded(detail.message)}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** Whether its message only says that details follow, or what our words say. */
function announces({ code, message, details }: ApiError): boolean {
  return TOLD.has(code) || (details.length > 0 && message.endsWith(':'));
}
