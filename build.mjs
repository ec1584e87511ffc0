// Three programs: the orchestrator and the command line (their dependencies stay in node_modules), and the agent (one file that needs
// nothing). And pages that ask nobody else for anything: the dashboard, and /docs.
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { build as buildPages } from 'vite';

await rm('dist', { recursive: true, force: true });
const explorer = join(
  dirname(createRequire(import.meta.url).resolve('openapi-explorer/package.json')),
  'dist/browser/openapi-explorer.min.js',
);
const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: 'linked', logLevel: 'warning' };
await mkdir('dist/docs', { recursive: true });
await Promise.all([
  buildPages({ configFile: 'dashboard/vite.config.ts', logLevel: 'warn' }),
  copyFile(explorer, 'dist/docs/explorer.js'),
  build({
    ...common,
    entryPoints: ['src/orchestrator/main.ts'],
    outfile: 'dist/orchestrator/main.js',
    format: 'esm',
    packages: 'external',
  }),
  build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist/cli',
    format: 'esm',
    packages: 'external',
    // What is imported when it is needed stays in a file of its own, with all that it brings along.
    splitting: true,
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...common,
    entryPoints: ['src/agents/main.ts'],
    outfile: 'dist/agents/agent.cjs',
    format: 'cjs',
    minify: true,
    sourcemap: false,
  }),
]);
await chmod('dist/cli/main.js', 0o755);
