import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { judgeRoom, type Room } from '../../../src/cli/doctor/disk.ts';
import { runCli } from '../../support/cli.ts';
import { describeDocker, standInImage } from '../../support/docker.ts';
import { freePort } from '../../support/free-port.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { describeRedis, startRedis } from '../../support/redis.ts';
import { describeSmallDisk, mountSmallDisk } from '../../support/small-disk.ts';

interface Finding {
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly mend?: string;
}

let stage: Stage;
/** Where nobody has ever started an orchestrator. */
let folder: string;
beforeAll(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), 'boardroom-doctor-'));
});
afterAll(async () => {
  await stage.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** On a machine where all ports are free, agents are processes and nothing runs, unless said otherwise. */
async function examine(environment: Record<string, string> = {}) {
  const place = {
    environment: {
      AGENT_RUNTIME: 'process',
      BOARDROOM_HOME: folder,
      ORCHESTRATOR_PORT: String(await freePort()),
      GATEWAY_PORT: String(await freePort()),
      EGRESS_PORT: String(await freePort()),
      ...environment,
    },
  };
  const { code, stdout } = await runCli(['doctor', '--json'], place);
  const checks: Finding[] = JSON.parse(stdout).checks;
  const find = (name: string) => checks.find((check) => check.name === name);
  return { code, checks, find, text: async () => (await runCli(['doctor'], place)).stdout };
}

describe('the doctor', () => {
  it('finds nothing that fails where nothing runs yet, and says what comes with the first start', async () => {
    const { code, checks, find } = await examine();
    expect({ code, failed: checks.filter(({ level }) => level === 'fail') }).toEqual({ code: 0, failed: [] });
    expect(find('key')).toMatchObject({ level: 'warn', mend: expect.stringContaining('first npm start') });
    expect(find('models')).toMatchObject({ level: 'warn', mend: expect.stringContaining('ANTHROPIC_API_KEY') });
    expect(find('orchestrator')).toMatchObject({ level: 'warn', mend: expect.stringContaining('npm start') });
  });

  it('takes what a running orchestrator holds for what it should be', async () => {
    const { code, find } = await examine({
      ORCHESTRATOR_PORT: new URL(stage.url).port,
      BOARDROOM_KEY: stage.keys.viewer,
      DATABASE_URL: stage.databaseUrl,
      ANTHROPIC_API_KEY: 'sk-test',
    });
    expect(code).toBe(0);
    expect(find('orchestrator')).toMatchObject({ level: 'ok', detail: expect.stringContaining('healthy') });
    expect(find(`port ${new URL(stage.url).port}`)).toMatchObject({ level: 'ok' });
    expect(find('postgres')).toMatchObject({ level: 'ok', detail: expect.stringMatching(/^\d+(\.\d+)? .*answers/) });
    expect(find('models')).toMatchObject({ level: 'ok', detail: 'set up: anthropic' });
  });

  it('prints a line for each, with the mend below it', async () => {
    const text = await (await examine({ REDIS_URL: 'redis://127.0.0.1:1' })).text();
    expect(text).toMatch(/^ok +node +Node\.js \d/m);
    expect(text).toMatch(/^fail +redis .*ECONNREFUSED.*\n +→ Start Redis or correct REDIS_URL/m);
  });
});

describe('the doctor names with its mend', () => {
  it('a Docker engine that does not answer: a failure where it was asked for, else a warning', async () => {
    const missing = { DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}` };
    const needed = await examine({ ...missing, AGENT_RUNTIME: 'docker' });
    expect(needed.code).toBe(1);
    expect(needed.find('docker')).toMatchObject({ level: 'fail', mend: expect.stringContaining('Start Docker') });
    const liked = await examine({ ...missing, AGENT_RUNTIME: 'auto' });
    expect(liked.find('docker')).toMatchObject({ level: 'warn', mend: expect.stringContaining('without isolation') });
    // A port that was free a moment ago may be another test's by now; a warning is never what makes it fail.
    expect(liked.code).toBe(liked.checks.some(({ level }) => level === 'fail') ? 1 : 0);
  });

  it('a Redis and a Postgres that are not there, or not what they should be', async () => {
    const gone = `127.0.0.1:${await freePort()}`;
    const { code, find } = await examine({
      REDIS_URL: `redis://${gone}`,
      DATABASE_URL: `postgres://me:secret@${gone}/x`,
    });
    expect(code).toBe(1);
    expect(find('redis')).toMatchObject({ level: 'fail', mend: expect.stringContaining('REDIS_URL') });
    expect(find('postgres')).toMatchObject({ level: 'fail', mend: expect.stringContaining('DATABASE_URL') });
    expect(find('postgres')?.detail).not.toContain('secret');
    // Somebody answers there, but it is no Redis.
    const wrong = await examine({ REDIS_URL: stage.url.replace('http', 'redis') });
    expect(wrong.find('redis')).toMatchObject({ level: 'fail' });
  });

  it('a wrong password of Postgres', async () => {
    const url = new URL(inject('postgresUrl'));
    url.password = 'wrong';
    const { find } = await examine({ DATABASE_URL: url.href });
    expect(find('postgres')).toMatchObject({ level: 'fail', detail: expect.stringContaining('password') });
  });

  it('ports that others have taken', async () => {
    // The gateway of another orchestrator is as foreign as any program, as long as ours does not run.
    const taken = new URL(stage.url).port;
    const { code, find } = await examine({ EGRESS_PORT: taken });
    expect(code).toBe(1);
    expect(find(`port ${taken}`)).toMatchObject({ level: 'fail', mend: expect.stringContaining('EGRESS_PORT') });
  });

  it('a key that is missing, refused or open to others, while the orchestrator runs', async () => {
    const up = { ORCHESTRATOR_PORT: new URL(stage.url).port };
    const missing = await examine(up);
    expect(missing.code).toBe(1);
    expect(missing.find('key')).toMatchObject({ level: 'fail', mend: expect.stringContaining('BOARDROOM_KEY') });
    const refused = await examine({ ...up, BOARDROOM_KEY: 'brk_of_somewhere_else' });
    expect(refused.code).toBe(1);
    expect(refused.find('orchestrator')).toMatchObject({ level: 'fail', mend: expect.stringContaining('--key') });
    const file = join(folder, 'admin-key');
    await writeFile(file, `${stage.keys.admin}\n`);
    await chmod(file, 0o644);
    expect((await examine(up)).find('key')).toMatchObject({ level: 'warn', mend: `chmod 600 ${file}` });
    await chmod(file, 0o600);
    expect((await examine(up)).find('key')).toEqual({ name: 'key', level: 'ok', detail: `from ${file}` });
    await rm(file);
  });

  it.each<[string, Room, string, string]>([
    ['enough', { freeBytes: 50e9, totalBytes: 100e9 }, 'ok', '50.0 GB of 100.0 GB are free for /data'],
    ['little of much', { freeBytes: 9e9, totalBytes: 100e9 }, 'warn', 'Free some'],
    ['next to nothing', { freeBytes: 0.4e9, totalBytes: 1e9 }, 'fail', 'Free some'],
  ])('a disk with %s left', (_what, room, level, words) => {
    const found = judgeRoom('disk', '/data', room);
    expect(found.level).toBe(level);
    expect(found.mend ?? found.detail).toContain(words);
  });

  it('how much is free where the data will be, although nothing is there yet', async () => {
    const { find } = await examine({ BOARDROOM_HOME: join(folder, 'not', 'yet') });
    expect(find('disk')?.detail).toMatch(/^\d+\.\d GB of \d+\.\d GB are free for .*\/not\/yet$/);
  });

  it('a variable with a wrong value, and goes on with what needs none', async () => {
    const { code, find } = await examine({ HEARTBEAT_MS: 'often', REDIS_URL: 'http://no' });
    expect(code).toBe(1);
    expect(find('configuration')).toMatchObject({ level: 'fail', detail: expect.stringContaining('HEARTBEAT_MS') });
    expect(find('orchestrator')).toBeDefined();
  });
});

describeRedis('the doctor and a Redis that is there', () => {
  it('is content', async () => {
    const redis = await startRedis();
    try {
      expect((await examine({ REDIS_URL: redis.url })).find('redis')).toMatchObject({ level: 'ok' });
    } finally {
      await redis.stop();
    }
  });
});

describeDocker('the doctor and an engine that answers', () => {
  const asked = { AGENT_RUNTIME: 'docker' };

  it('names an image of the agents that is not there, with what builds it, and is content with one that is', async () => {
    const missing = await examine({ ...asked, AGENT_IMAGE: 'boardroom-nobody:none' });
    expect(missing.find('agent image')).toMatchObject({
      level: 'warn',
      detail: expect.stringContaining('boardroom-nobody:none'),
      mend: expect.stringContaining('docker build --target agent --tag boardroom-nobody:none'),
    });
    const image = await standInImage();
    expect((await examine({ ...asked, AGENT_IMAGE: image })).find('agent image')).toMatchObject({
      level: 'ok',
      detail: expect.stringContaining(image),
    });
  });
});

describeSmallDisk('the doctor and a disk that is full', () => {
  it('fails', async () => {
    const disk = await mountSmallDisk(4);
    try {
      await disk.fill();
      const { code, find } = await examine({ BOARDROOM_HOME: disk.folder });
      expect([code, find('disk')?.level]).toEqual([1, 'fail']);
    } finally {
      await disk.remove();
    }
  });
});
