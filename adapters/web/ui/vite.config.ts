import path from 'node:path';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite build adapters/web/ui` writes dist/ui at the root of the project; the server answers it from `/`. */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../../dist/ui',
    emptyOutDir: true,
    target: 'es2023',
    // The page is small enough to be one file, and inlines nothing, so that a strict content policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: path.join(import.meta.dirname, 'index.html'),
        'push-worker': path.join(import.meta.dirname, 'push-worker.ts'),
      },
      output: {
        // It speaks for the whole site only from its root, and is found under the same name ever after.
        entryFileNames: ({ name }) => (name === 'push-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: {
    proxy: {
      '/web/live': { target: 'ws://127.0.0.1:3000', ws: true },
      '/web': 'http://127.0.0.1:3000',
      '/api': 'http://127.0.0.1:3000',
    },
  },
});
