import type { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../failure.ts';
import { type CommonOptions, type Surroundings, screenFor } from '../session.ts';

/** `doctor`: works without a running orchestrator, and without a key. */
export function addDoctorCommand(program: Command, surroundings: Surroundings, options: () => CommonOptions): void {
  program
    .command('doctor')
    .description('look at all that the orchestrator stands on; exit code 1 when something fails')
    .action(async () => {
      // Clients of Postgres, Redis and Docker: nobody else waits for them to load.
      const { examine } = await import('../doctor/doctor.ts');
      const checks = await examine(surroundings, options());
      const hasFailed = checks.some(({ level }) => level === 'fail');
      screenFor(surroundings, options()).show({ ok: !hasFailed, checks }, (safe, { paint }) =>
        safe.checks
          .map(({ name, level, detail, mend }) => {
            const line = `${paint(level)}${' '.repeat(6 - level.length)}${name.padEnd(14)}${detail}`;
            return mend === undefined ? line : `${line}\n${' '.repeat(20)}→ ${mend}`;
          })
          .join('\n'),
      );
      if (hasFailed) process.exitCode = exitCodes.failed;
    });
}
