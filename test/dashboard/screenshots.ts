import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminKey, call } from '../support/boardroom.ts';
import { desktop, launch, phone, visit } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { startOrchestrator } from '../support/orchestrator-process.ts';
import { furnish } from './furnish.ts';
import { placesOf } from './places.ts';

/** `npm run screenshots`: every page of the rehearsal team at work, in both themes, on a desktop and on a phone. */
const folder = 'screenshots';
const home = await mkdtemp(join(tmpdir(), 'boardroom-screenshots-'));
const orchestrator = await startOrchestrator({
  BOARDROOM_HOME: home,
  BOARDROOM_ADMIN_KEY: adminKey,
  GATEWAY_PORT: String(await freePort()),
  EGRESS_PORT: String(await freePort()),
  AGENT_RUNTIME: 'process',
  RATE_LIMIT_PER_MINUTE: '1000000',
});
const browser = await launch();
try {
  const room = {
    call: (method: string, path: string, options = {}) => call(orchestrator.url + path, method, options),
  };
  await furnish(room);
  await mkdir(folder, { recursive: true });
  const places = await placesOf(room);
  for (const [theme, screen, viewport] of [
    ['light', 'desktop', desktop],
    ['dark', 'desktop', desktop],
    ['light', 'phone', phone],
    ['dark', 'phone', phone],
  ] as const) {
    const { page, go, close } = await visit(browser, {
      url: orchestrator.url,
      viewport,
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    for (const place of places) {
      await go(place);
      const name =
        place
          .replace(/\/(dec|tsk)_\w+/, '/one')
          .replaceAll(/[/?=]+/g, '-')
          .slice(1) || 'overview';
      await page.screenshot({ path: join(folder, `${name}-${screen}-${theme}.png`) });
    }
    await close();
  }
  process.stdout.write(`${places.length * 4} pictures in ${folder}/\n`);
} finally {
  await browser.close();
  await orchestrator.end('SIGINT');
  await rm(home, { recursive: true, force: true });
}
