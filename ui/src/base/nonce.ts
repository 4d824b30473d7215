import { setNonce } from 'get-nonce';

const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');

/** What allows the style elements that parts of the kit add while running. */
export const nonce = meta?.nonce ?? '';
setNonce(nonce);
