import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessFamily, ProcessRow, ProcessTable } from './process-table.ts';

/**
 * Reads /proc without awaiting: it is memory, not a disk, and takes microseconds a file, where a thread pool needs ten times
 * as long. And between two files nothing of ours can happen, so that less can hide from a search.
 */
export const linuxProcessTable: ProcessTable = {
  find: async (pid) => readRow(pid, bootId()),
  async membersOf(family) {
    const boot = bootId();
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.flatMap((pid) => {
      const row = readRow(pid, boot);
      return row && isMember(row, family) ? [row] : [];
    });
  },
};

/** Start times count from the boot, so they need its name. */
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function readRow(pid: number, boot: string): ProcessRow | undefined {
  const stat = readUnlessGone(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses, and may hold anything; the third comes after the last one that closes.
  const [state, , , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Ended, and waiting to be reaped.
  if (state === undefined || 'ZXx'.includes(state)) return undefined;
  // Field 22, of which the 7th is the first in `rest`.
  return { pid, group: Number(session), paused: 'Tt'.includes(state), startTime: `${boot}/${rest[15]}` };
}

function isMember({ pid, group, startTime }: ProcessRow, { group: own, marker, eldest }: ProcessFamily): boolean {
  if (group === own) return true;
  // Most of a machine's processes are older, and reading their environments is what takes the time.
  if (eldest !== undefined && isOlder(startTime, eldest)) return false;
  return readUnlessGone(`/proc/${pid}/environ`)?.split('\u0000').includes(marker) ?? false;
}

/** Of two start times of this boot; of another boot's nothing can be said. */
function isOlder(startTime: string, than: string): boolean {
  const [boot, ticks] = startTime.split('/');
  const [otherBoot, otherTicks] = than.split('/');
  return boot === otherBoot && Number(ticks) < Number(otherTicks);
}

/** Ended meanwhile, or of another user, who cannot be a descendant of ours that we might signal. */
function readUnlessGone(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && goneCodes.has(error.code)) return undefined;
    throw error;
  }
}

const goneCodes = new Set<unknown>(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);
