/** What a browser says of a field that is filled in wrongly: in the page's language, not its own. */

import i18next from 'i18next';

export function speakOfFields(): void {
  document.addEventListener('invalid', (event) => say(event.target as Control), true);
  // Values may be put by a program, which tells nobody: each try is judged anew.
  document.addEventListener('click', (event) => forget(event.target as Element), true);
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function say(field: Control): void {
  field.setCustomValidity('');
  const { valueMissing, tooShort, typeMismatch } = field.validity;
  if (valueMissing) field.setCustomValidity(i18next.t('fields.missing', { ns: 'base' }));
  else if (tooShort && field instanceof HTMLInputElement)
    field.setCustomValidity(i18next.t('fields.short', { ns: 'base', count: field.minLength }));
  else if (typeMismatch && field.type === 'email')
    field.setCustomValidity(i18next.t('fields.email', { ns: 'base' }));
}

/** Enter clicks the button of its form, too. */
function forget(clicked: Element): void {
  const form = clicked.closest<HTMLButtonElement>('button[type="submit"]')?.form;
  for (const field of form?.elements ?? [])
    if ('setCustomValidity' in field) (field as Control).setCustomValidity('');
}
