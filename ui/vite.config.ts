import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const console_ = process.env.BRAMKA_CONSOLE ?? 'http://127.0.0.1:8090';
const doors = [
  'session',
  'account',
  'developer',
  'subscriptions',
  'providers',
  'api',
  'workspaces',
];

export default defineConfig({
  base: '/static/ui/',
  // The console replaces this word with a fresh nonce in each page it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react()],
  build: {
    outDir: '../src/bramka/portals/static/ui',
    emptyOutDir: true,
    manifest: true,
    license: true,
    target: 'es2023',
    // Browsers that know light-dark() need no substitute for it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        developer: 'developer.html',
        publisher: 'publisher.html',
        studio: 'studio.html',
      },
    },
  },
  server: {
    proxy: Object.fromEntries(doors.map((door) => [`/${door}`, console_])),
  },
});
