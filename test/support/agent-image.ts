import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The agents' image as a user builds it; layers that are there already make it quick. */
export async function buildAgentImage(tag: string): Promise<void> {
  const build = ['build', '--quiet', '--target', 'agent', '--tag', tag, '.'];
  await promisify(execFile)('docker', build, { timeout: 600_000 });
}
