import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { docker } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { addressOf, type InsideStage, type Placement, recorded, runInside, team } from '../support/inside-stage.ts';
import * as act from './inside-acts.ts';

const elsewhere = [
  '/',
  '/etc',
  '/usr/local/bin',
  '/opt/boardroom',
  '/opt/boardroom/cache',
  '/proc/sys/kernel',
  '/sys/fs/cgroup',
  '/var/run',
];

/** What would lead out of a container that has been given too much. */
const escapes = [
  'unshare --user --map-root-user true',
  'unshare --mount true',
  'mount -t tmpfs none /mnt',
  'chroot / true',
  'mknod /tmp/disk b 254 0',
  'su -c true root',
  'setpriv --reuid 0 true',
  'chown 0:0 /tmp',
  'hostname intruder',
  'dmesg',
  'cp /bin/true /tmp/true && /tmp/true',
  'nice -n -5 true 2>&1 | grep -vq "cannot set niceness"',
  'echo 1 > /proc/sysrq-trigger',
  'test -r /proc/kcore && head -c 1 /proc/kcore',
  'ls /dev | grep -E "^(sd|vd|nvme|loop|kvm|mem)"',
];

/** What a shell in an agent's container tries against the machine: the table, and what it takes to see the outcome. */
export function describeConfinement(placement: Placement, stage: () => InsideStage): void {
  const cmo = () => stage().containerOf('cmo');
  /** The name of the orchestrator's container; elsewhere nobody answers to it. */
  const named = placement === 'container' ? ['gateway'] : [];
  const portOf = (url: string) => Number(new URL(url).port);
  /** The machine's addresses, at which its own programs may listen. */
  const hostAddresses = () =>
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address }) => address);

  it('finds no way to the internet, by address or by name', async () => {
    const places = ['1.1.1.1', '8.8.8.8', '93.184.215.14'].map((host) => ({ host, port: 443 }));
    const seen = await runInside(await cmo(), act.reach, places);
    expect(answered(seen)).toEqual([]);
    expect(await runInside(await cmo(), act.lookUp, 'example.com')).not.toBe('found');
  });

  it('reaches neither Postgres nor Redis, at any address of the host', async () => {
    const { databaseUrl, redisUrl } = stage();
    const { bridge } = await addressOf(await cmo());
    const hosts = [...new Set([...hostAddresses(), bridge, ...named])];
    const ports = [portOf(databaseUrl), portOf(redisUrl), 5_432, 6_379];
    const places = hosts.flatMap((host) => ports.map((port) => ({ host, port })));
    const seen = await runInside(await cmo(), act.reach, places);
    expect(answered(seen)).toEqual([]);
  });

  it('finds no Docker socket and no Docker port', async () => {
    const { bridge } = await addressOf(await cmo());
    expect(await runInside(await cmo(), act.exists, ['/var/run/docker.sock', '/run/containerd'])).toEqual([]);
    const places = [bridge, '172.17.0.1', ...named].flatMap((host) => [2_375, 2_376].map((port) => ({ host, port })));
    const seen = await runInside(await cmo(), act.reach, places);
    expect(answered(seen)).toEqual([]);
  });

  it('is hung up on by the operators’ API, which listens on all interfaces, and that is recorded', async () => {
    const { bridge } = await addressOf(await cmo());
    const { apiPort } = stage();
    const [host = bridge] = named;
    const seen = await runInside(await cmo(), act.reach, [{ host, port: apiPort }]);
    expect(['hung up', 'ECONNRESET']).toContain(seen[`${host}:${apiPort}`]);
    await recorded(stage(), 'cmo', /tried the operators' API/);
  });

  it('reaches no other agent, nor the gateway of another', async () => {
    const victim = await stage().containerOf('dao');
    expect(await runInside(victim, act.serve, 7_000)).toBe('open');
    const { own, bridge } = await addressOf(victim);
    expect(Object.values(await runInside(victim, act.reach, [{ host: own, port: 7_000 }]))).toEqual(['connected']);
    const gatewayPort = Number(/:(\d+)$/.exec((await gatewayUrl(victim)) ?? '')?.[1]);
    const ports = [7_000, gatewayPort, 9_229];
    const inside = await runInside(
      await cmo(),
      act.reach,
      ports.map((port) => ({ host: own, port })),
    );
    expect(answered(inside)).toEqual([]);
    // On the host all its addresses can be reached; there the door knows its own agent, and takes nobody else in.
    const atTheDoor = await runInside(
      await cmo(),
      act.reach,
      ports.map((port) => ({ host: bridge, port })),
    );
    expect(Object.values(atTheDoor)).not.toContain('connected');
    if (answered(atTheDoor).length > 0) await recorded(stage(), 'cmo', /called at the gateway of another agent/);
  });

  // On the host Docker has no means to close this one: the README says so, and what to do.
  if (placement === 'container') {
    it('reaches nothing else that listens on the host', async () => {
      const bystander = createServer((socket) => socket.end('hello')).listen(0, '0.0.0.0');
      await once(bystander, 'listening');
      const { port } = bystander.address() as { port: number };
      const { bridge } = await addressOf(await cmo());
      const places = [...new Set([bridge, ...named, ...hostAddresses()])]
        .filter((host) => !host.startsWith('127.'))
        .map((host) => ({ host, port }));
      const seen = await runInside(await cmo(), act.reach, places);
      bystander.close();
      expect(answered(seen)).toEqual([]);
    });
  }

  it('writes nowhere but in its workspace and in memory', async () => {
    const places = [...elsewhere, '/tmp', '/workspace'];
    expect(await runInside(await cmo(), act.write, places)).toEqual(['/tmp', '/workspace']);
  });

  it('has no privilege, and gains none by any means of the image', async () => {
    const nothing = '0000000000000000';
    expect(await runInside(await cmo(), act.privileges)).toEqual({
      Uid: '1000\t1000\t1000\t1000',
      CapInh: nothing,
      CapPrm: nothing,
      CapEff: nothing,
      CapBnd: nothing,
      CapAmb: nothing,
      NoNewPrivs: '1',
      Seccomp: '2',
    });
    expect(await runInside(await cmo(), act.succeed, escapes)).toEqual([]);
  });

  it('holds no secret but its own token', async () => {
    const names = await runInside(await cmo(), act.environmentNames);
    const ours = names.filter((name) => /KEY|PASS|SECRET|TOKEN|URL|DATABASE|REDIS|DOCKER/.test(name));
    expect(new Set(ours)).toEqual(new Set(['BOARDROOM_TOKEN', 'BOARDROOM_URL']));
  });

  it('cannot read the workspace of another', async () => {
    const victim = await stage().containerOf('dao');
    const words = `the board alone ${stage().placement} knows`;
    await runInside(victim, act.writeSecret, '/workspace/secret', words);
    expect(await runInside(victim, act.findWords, words)).toContain('/workspace/secret');
    expect(await runInside(await cmo(), act.findWords, words)).toEqual([]);
  });

  it('a fork bomb ends at the limit of processes', async () => {
    const { started, refusal } = await runInside(await cmo(), act.multiply);
    expect(refusal).toBe('EAGAIN');
    expect(started).toBeLessThan(128);
  });

  it('one that takes all memory gets what its profile grants, and is killed', async () => {
    const { mebibytes, signal } = await runInside(await cmo(), act.gulp);
    expect(signal).toBe('SIGKILL');
    expect(mebibytes).toBeLessThan(256);
    await cmo();
  });

  it('fills /tmp and shared memory to their bounds, and the root not at all', async () => {
    for (const folder of ['/tmp', '/dev/shm']) {
      expect(await runInside(await cmo(), act.fill, folder, 1_000)).toMatchObject({ mebibytes: 64, refusal: 'ENOSPC' });
    }
    await expect(runInside(await cmo(), act.fill, '/', 1)).rejects.toThrow(/EROFS|EACCES/);
  });

  it('fills the log with no more than is rotated away', async () => {
    const container = docker.getContainer(await cmo());
    expect(await runInside(container.id, act.shout, 60)).toBeGreaterThanOrEqual(60 << 20);
    const kept = await eventually(
      async () => {
        const log = await container.logs({ stdout: true, stderr: true });
        return log.length > 1 << 20 ? log.length : undefined;
      },
      { what: 'the log' },
    );
    expect(kept).toBeLessThan(35 << 20);
    const shown = await stage().call('GET', '/agents/cmo/logs?tail=200');
    expect(shown.status).toBe(200);
    expect(String(shown.body).length).toBeLessThan(200 * 17_000);
  }, 120_000);

  it('and through all of this the others worked on, in the same containers', async () => {
    const { body } = await stage().call('GET', '/events?type=agent_exited&limit=200');
    const ended = body.events.map(({ payload }: { payload: { agentType: string } }) => payload.agentType);
    expect(ended.filter((agentType: string) => agentType !== 'cmo')).toEqual([]);
    for (const agentType of team) await stage().containerOf(agentType);
  });
}

/** The places where somebody was, be it that he hung up. */
const answered = (seen: Readonly<Record<string, string>>): string[] =>
  Object.keys(seen).filter((place) => ['connected', 'hung up', 'ECONNRESET', 'EPIPE'].includes(seen[place] ?? ''));

async function gatewayUrl(containerId: string): Promise<string | undefined> {
  const { Config } = await docker.getContainer(containerId).inspect();
  return Config.Env.find((entry) => entry.startsWith('BOARDROOM_URL='));
}
