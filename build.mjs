// Two bundles: the orchestrator (its dependencies stay in node_modules) and the agent (one file that needs nothing).
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: 'linked', logLevel: 'warning' };
await Promise.all([
  build({
    ...common,
    entryPoints: ['src/orchestrator/main.ts'],
    outfile: 'dist/orchestrator/main.js',
    format: 'esm',
    packages: 'external',
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
