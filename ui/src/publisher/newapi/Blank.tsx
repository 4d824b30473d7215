import { useTranslation } from 'react-i18next';
import { EntityForm } from '../parts/EntityForm.tsx';
import type { Field } from '../parts/fields.ts';
import { following, useMaking } from './making.ts';

/** An API without operations; they are added by hand on its page. */
export function Blank() {
  const { t } = useTranslation('publisher');
  const { fields, create } = useMaking();
  const shown: Field[] = [
    fields.name,
    fields.id,
    {
      at: 'serviceUrl',
      label: t('apis.serviceUrl'),
      mono: true,
      placeholder: 'https://services.example.com/workspaces/…',
      help: t('apis.serviceUrlHelp'),
    },
    fields.path,
    fields.protocols,
    { at: 'description', label: t('operation.description'), kind: 'area' },
    { at: 'subscriptionRequired', label: t('apis.subscriptionRequired'), kind: 'switch' },
    fields.product,
  ];
  return (
    <div className="pub-narrow">
      <EntityForm
        fresh
        fields={shown}
        initial={{ protocols: ['http', 'https'], subscriptionRequired: true, path: '' }}
        follow={following}
        action={t('form.create')}
        onSave={({ follows: _, ...values }) => create({ ...values, path: values.path ?? '' })}
      />
    </div>
  );
}
