import { fileURLToPath } from 'node:url';
import { bannerOf } from './banner.ts';
import { type Boardroom, compose } from './compose.ts';
import { ConfigError, readConfig } from './config.ts';

/** From src/ and from dist/ alike, two folders up. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function showBanner(boardroom: Boardroom): Promise<void> {
  for await (const lines of bannerOf(boardroom)) say(lines);
}

try {
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    // Terminals and npm send the signal twice; closing is under way from the first on.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
  });
  const boardroom = await compose(readConfig(), root);
  const banner = showBanner(boardroom);
  const signal = await signalled;
  say(`\n${signal}: closing …`);
  // A terminal's Ctrl-C ends everything that this start began; a service manager's restart lets containers live on.
  const ends = signal === 'SIGINT' && boardroom.embeddedDatabase !== undefined ? 'stop_team' : 'leave_team';
  const failures = await boardroom.close(ends);
  await banner;
  for (const { name, error } of failures) say(`${name} did not close cleanly: ${String(error)}`);
  say('Closed. The next start goes on from here.');
  process.exitCode = failures.length === 0 ? 0 : 1;
} catch (error) {
  say(error instanceof ConfigError ? error.message : `Boardroom could not start: ${String(error)}`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
