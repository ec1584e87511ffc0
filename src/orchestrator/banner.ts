import { join } from 'node:path';
import type { Boardroom } from './compose.ts';

/** What a person at the terminal needs to know: what runs, where, the key once, and what to try next. */
export async function* bannerOf(boardroom: Boardroom): AsyncGenerator<string> {
  const { apiUrl, home, adminKey, agentTypes, dashboardUrl } = boardroom;
  const keyFile = join(home, 'admin-key');
  yield [
    `Boardroom is up: ${apiUrl}`,
    `  dashboard ${dashboardUrl}`,
    '            opens it once, within a quarter of an hour; later: npx boardroom dashboard',
    `  database  ${boardroom.embeddedDatabase ? `embedded Postgres in ${boardroom.embeddedDatabase}` : 'Postgres at DATABASE_URL'}`,
    `  bus       ${boardroom.embeddedBus ? 'in-process (set REDIS_URL for several replicas)' : 'Redis at REDIS_URL'}`,
    `  models    ${boardroom.providers.join(', ') || 'rehearsal: rules that play the roles, no model behind them'}`,
    ...(adminKey.origin === 'made'
      ? [`  admin key ${adminKey.secret}`, `            shown this once; kept in ${keyFile}`]
      : []),
  ].join('\n');
  const runtime = await boardroom.runtime;
  if (!runtime) return;
  if (runtime.warning !== undefined) yield `  warning   ${runtime.warning}`;
  const where = runtime.runtime.kind === 'docker' ? 'Docker containers' : 'local processes';
  yield [
    `  agents    ${agentTypes.join(', ')} as ${where}`,
    '',
    'Try:',
    `  export BOARDROOM_KEY=${adminKey.origin === 'environment' ? '$BOARDROOM_ADMIN_KEY' : `$(cat ${keyFile})`}`,
    `  curl -s -H "x-api-key: $BOARDROOM_KEY" -H 'content-type: application/json' ${apiUrl}/tasks \\`,
    `    -d '{"title":"Launch the newsletter","assignTo":"cmo","priority":"critical"}'`,
    `  curl -s -H "x-api-key: $BOARDROOM_KEY" '${apiUrl}/events?limit=20'`,
    '',
    'Ctrl-C ends it; the next start goes on from here.',
  ].join('\n');
}
