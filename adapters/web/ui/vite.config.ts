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
  },
  server: {
    proxy: {
      '/web/live': { target: 'ws://127.0.0.1:3000', ws: true },
      '/web': 'http://127.0.0.1:3000',
      '/api': 'http://127.0.0.1:3000',
    },
  },
});
