import { createAgent } from './agent.ts';
import { systemClock } from './clock.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLog, messageOf } from './log.ts';
import { isWarmUp, warmUp } from './warm-up.ts';

/** EX_CONFIG of sysexits.h. */
const badConfiguration = 78;

async function main(): Promise<number> {
  if (isWarmUp(process.argv)) return warmUp();
  const config = readConfig();
  const log = createLog({ clock: systemClock, write: (line) => process.stdout.write(line), secret: config.token });
  const agent = createAgent({ config, clock: systemClock, log });

  const die = (error: unknown) => {
    log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  };
  process.on('uncaughtException', die).on('unhandledRejection', die);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void agent.stop(signal));

  log('info', `agent ${config.agentType} starts`);
  const because = await agent.run();
  log('info', `agent ${config.agentType} ends: ${because}`);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(error instanceof ConfigError ? badConfiguration : 1);
  },
);
