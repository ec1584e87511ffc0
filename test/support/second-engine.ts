import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Dockerode from 'dockerode';
import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** dockerd and its tools live where a shell of `su` does not look. */
const enginePath = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

const missing = findMissing();

function findMissing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux, to run a second engine';
  try {
    for (const [tool, flag] of [
      ['dockerd', '--version'],
      ['ip', '-V'],
    ] as const)
      execFileSync(tool, [flag], { env: enginePath });
    return undefined;
  } catch (error) {
    return `no dockerd, or no ip: ${String(error)}`;
  }
}

/** A suite that takes its engine away, and so brings one of its own. Skipped with a reason; in CI it fails instead. */
export function describeSecondEngine(name: string, suite: () => void): void {
  if (missing === undefined) return void describe(name, suite);
  const { CI } = process.env;
  if (CI !== 'true') return void describe.skip(`${name} (${missing})`, suite);
  describe(name, () => {
    test('has a second engine', () => expect.fail(missing));
  });
}

/** A Docker engine beside the machine's own, which nobody else stands on. */
export interface SecondEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  readonly docker: Dockerode;
  /** Networks of another range than those of the machine's own engine, which lie on the same host. */
  readonly subnets: string;
  start(mode?: 'live_restore'): Promise<void>;
  /** SIGTERM ends its containers with it, unless it runs with live restore; SIGKILL leaves them running. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** From the machine's own engine. */
  load(image: string): Promise<void>;
  dispose(): Promise<void>;
}

export async function startSecondEngine(): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'boardroom-second-engine-'));
  const socketPath = join(folder, 'engine.sock');
  const host = `unix://${socketPath}`;
  const docker = new Dockerode({ socketPath });
  await writeFile(join(folder, 'daemon.json'), '{}');
  const bridge = await makeBridge();
  let engine: ChildProcess | undefined;

  async function start(mode?: 'live_restore'): Promise<void> {
    const log = await open(join(folder, 'dockerd.log'), 'a');
    engine = spawn('dockerd', [...flagsIn(folder), `--bridge=${bridge}`, `--live-restore=${mode === 'live_restore'}`], {
      env: enginePath,
      stdio: ['ignore', log.fd, log.fd],
      // A session of its own, so that an interrupt at the keyboard leaves it to the tests' cleaning up.
      detached: true,
    });
    await log.close();
    const up = () =>
      docker.ping().then(
        () => true as const,
        () => undefined,
      );
    await eventually(up, { withinMs: 90_000, what: 'the start of the second engine' });
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (!engine || engine.exitCode !== null || engine.signalCode !== null) return;
    const ended = once(engine, 'exit');
    engine.kill(signal);
    await ended;
  }

  await start();
  return {
    host,
    docker,
    subnets: '10.233.0.0/16',
    start,
    stop,
    async load(image) {
      await run('bash', ['-c', `set -o pipefail; docker save "${image}" | docker -H "${host}" load`]);
    },
    async dispose() {
      await stop('SIGTERM');
      // Without live restore a stop takes along whatever is left, its containerd included.
      await start();
      for (const { Id } of await docker.listContainers({ all: true }))
        await docker.getContainer(Id).remove({ force: true });
      for (const { Id, Name, Driver } of await docker.listNetworks()) {
        if (Driver === 'bridge' && Name !== 'bridge') await docker.getNetwork(Id).remove();
      }
      await stop('SIGTERM');
      await endContainerd(folder);
      await unmountAll(folder);
      await run('ip', ['link', 'delete', bridge], { env: enginePath });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing of it touches the other engine: neither files, nor firewall rules, nor bridges, nor the names in containerd. */
const flagsIn = (folder: string): readonly string[] => [
  `--host=unix://${join(folder, 'engine.sock')}`,
  `--data-root=${join(folder, 'data')}`,
  `--exec-root=${join(folder, 'exec')}`,
  `--pidfile=${join(folder, 'engine.pid')}`,
  // Not the machine's own /etc/docker/daemon.json.
  `--config-file=${join(folder, 'daemon.json')}`,
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
  '--ip-masq=false',
  '--containerd-namespace=boardroom-second',
  '--containerd-plugins-namespace=boardroom-second-plugins',
  '--shutdown-timeout=3',
];

/** Never without one: an engine that is told `--bridge=none` deletes docker0, which is the other engine's. */
async function makeBridge(): Promise<string> {
  const bridge = `br2nd-${randomBytes(4).toString('hex')}`;
  const ip = (...args: string[]) => run('ip', args, { env: enginePath });
  await ip('link', 'add', 'name', bridge, 'type', 'bridge');
  await ip('address', 'add', '10.234.0.1/24', 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  return bridge;
}

/** An engine that was killed leaves its mounts as well; the innermost go first. */
async function unmountAll(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const path of mounts.filter((path) => path.startsWith(folder)).reverse()) await run('umount', ['--lazy', path]);
}

/** Left behind by an engine that was killed. */
async function endContainerd(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'exec', 'containerd', 'containerd.pid'), 'utf8').catch(() => '');
  const pid = Number(text);
  const isOurs = async () => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(folder);
  if (pid === 0 || !(await isOurs())) return;
  process.kill(pid, 'SIGTERM');
  await eventually(async () => ((await isOurs()) ? undefined : true), { what: 'the end of containerd' });
}
