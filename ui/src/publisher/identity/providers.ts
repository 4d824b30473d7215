/** Identity providers by the ids that the REST has for them. */
export const PROVIDERS: Record<string, string> = {
  aad: 'Microsoft Entra ID',
  aadB2C: 'Azure AD B2C',
  google: 'Google',
  microsoft: 'Microsoft',
  facebook: 'Facebook',
  twitter: 'Twitter',
};
