import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Built into dist/dashboard, from where the orchestrator serves it; everything it needs is in there. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/dashboard/',
  plugins: [react(), tailwind()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no `data:`.
    assetsInlineLimit: 0,
    // A chunk runs as a whole: with zod in the same one, `no-eval` comes before every schema, in whichever chunk that is.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|api\/no-eval/ }] } },
    },
  },
  // `npx vite dashboard` beside a running orchestrator: pages reload as they are edited.
  server: { proxy: { '^/(?!dashboard)': { target: 'http://127.0.0.1:8080', ws: true } } },
});
