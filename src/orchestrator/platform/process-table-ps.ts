import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessRow, ProcessTable } from './process-table.ts';

/** For systems without /proc. Environments cannot be read there, so a descendant that leaves its group is out of sight. */
export const psProcessTable: ProcessTable = {
  find: async (pid) => (await rows()).find((row) => row.pid === pid),
  membersOf: async ({ group }) => (await rows()).filter((row) => row.group === group),
};

async function rows(): Promise<readonly ProcessRow[]> {
  // A fixed language and time zone: start times are compared as text.
  const { stdout } = await promisify(execFile)('/bin/ps', ['-A', '-o', 'pid=,pgid=,stat=,lstart='], {
    env: { LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap(parseRow);
}

function parseRow(line: string): ProcessRow[] {
  const [, pid, group, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  if (startTime === undefined || state === undefined || state.startsWith('Z')) return [];
  return [{ pid: Number(pid), group: Number(group), paused: state.startsWith('T'), startTime }];
}
