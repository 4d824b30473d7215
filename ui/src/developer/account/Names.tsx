import { Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../../api/client.ts';
import { sessionQuery, type User } from '../../api/session.ts';
import { type Language, language, switchLanguage } from '../../base/i18n.ts';
import { toast } from '../../base/toast.tsx';
import { Form } from './Form.tsx';

export function Names({ user }: { user: User }) {
  const { t } = useTranslation(['developer', 'base']);
  const client = useQueryClient();
  const [firstName, setFirstName] = useState(user.firstName);
  const [lastName, setLastName] = useState(user.lastName);
  const [spoken, setSpoken] = useState<Language>(language());
  const save = async () => {
    await patch('/account', { firstName, lastName, language: spoken });
    if (spoken !== language()) await switchLanguage(spoken);
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    toast.done(t('base:saved'));
  };
  return (
    <Form
      title={t('account.you')}
      lead={t('account.youLead')}
      action={t('base:save')}
      onSubmit={save}
    >
      <TextInput
        label={t('account.firstName')}
        autoComplete="given-name"
        required
        value={firstName}
        onChange={(event) => setFirstName(event.currentTarget.value)}
      />
      <TextInput
        label={t('account.lastName')}
        autoComplete="family-name"
        required
        value={lastName}
        onChange={(event) => setLastName(event.currentTarget.value)}
      />
      <Select
        label={t('account.language')}
        allowDeselect={false}
        data={[
          { value: 'en', label: 'English' },
          { value: 'pl', label: 'Polski' },
        ]}
        value={spoken}
        onChange={(chosen) => setSpoken(chosen as Language)}
      />
    </Form>
  );
}
