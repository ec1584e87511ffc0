import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { type Routes, routes } from '../../contracts/routes.ts';
import { getSystemHealth, type HealthParts, isAlive, isReady } from '../health.ts';
import { docsPage } from './docs-page.ts';
import { type Handlers, Reply } from './mount.ts';
import { openapiOf } from './openapi.ts';

type SystemRoutes = Pick<
  Routes,
  'getHealth' | 'getReadiness' | 'getSystemHealth' | 'getMetrics' | 'getOpenapi' | 'getDocs' | 'getDocsScript'
>;

/** `root` holds dist/docs. */
export function createSystemHandlers(
  health: HealthParts,
  registry: Registry,
  { root, version }: { readonly root: string; readonly version: string },
): Handlers<SystemRoutes> {
  const document = openapiOf(routes, { title: 'Boardroom', version });
  return {
    getHealth: async () => isAlive(health),
    getReadiness: async () => {
      const readiness = await isReady(health);
      return new Reply(readiness.ready ? 200 : 503, readiness);
    },
    getSystemHealth: () => getSystemHealth(health),
    getMetrics: async (_input, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    },
    getOpenapi: async () => document,
    getDocs: async (_input, response) => void response.type('html').send(docsPage),
    getDocsScript: async (_input, response) => response.sendFile(join(root, 'dist/docs/explorer.js'), { maxAge: '1h' }),
  };
}
