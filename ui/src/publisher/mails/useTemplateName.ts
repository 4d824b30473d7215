import { useTranslation } from 'react-i18next';

/** What a template of mails is called in the language of the page. */
export function useTemplateName(): (name: string, title?: string | null) => string {
  const { t, i18n } = useTranslation('publisher');
  return (name, title) => {
    const key = `templates.names.${name}`;
    const known = i18n.exists(key, { ns: 'publisher' });
    return known ? t(key as 'templates.names.accountClosedDeveloper') : (title ?? name);
  };
}
