import { useTranslation } from 'react-i18next';

/** What a mail is called in the language of the page: one to developers, or one to publishers. */
export function useTemplateName(): (name: string, title?: string | null) => string {
  const { t, i18n } = useTranslation('publisher');
  return (name, title) => {
    const key = `templates.names.${name.replace(/\.pl$/, '')}`;
    const keys = [key, `notifications.events.${name}.title`];
    const known = keys.find((one) => i18n.exists(one, { ns: 'publisher' }));
    return known ? t(known as 'templates.names.accountClosedDeveloper') : (title ?? name);
  };
}
