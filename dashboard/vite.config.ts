import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Built into dist/dashboard, from where the orchestrator serves it; everything it needs is in there. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/dashboard/',
  plugins: [react(), tailwind()],
  resolve: {
    alias: [{ find: /^zod$/, replacement: fileURLToPath(new URL('src/api/zod-without-eval.ts', import.meta.url)) }],
  },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no `data:`.
    assetsInlineLimit: 0,
    // Of kB unpacked. A test weighs what the first page brings, as gzip packs it.
    chunkSizeWarningLimit: 1_000,
  },
  // `npx vite dashboard` beside a running orchestrator: pages reload as they are edited.
  server: { proxy: { '^/(?!dashboard)': { target: 'http://127.0.0.1:8080', ws: true } } },
});
