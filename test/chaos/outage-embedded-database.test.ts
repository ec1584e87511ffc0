import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  expectAgentsUntouched,
  expectReadiness,
  type OutageStage,
  openOutageStage,
  outageTest,
} from '../support/outage-stage.ts';
import { postmaster } from '../support/own-postgres.ts';
import { describeSmallDisk, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const diskMegabytes = 160;

describeSmallDisk('the embedded database', () => {
  let disk: SmallDisk;
  let stage: OutageStage;
  beforeEach(async () => {
    disk = await mountSmallDisk(diskMegabytes);
    stage = await openOutageStage({ BOARDROOM_HOME: disk.folder });
  });
  afterEach(async () => {
    await disk.free();
    await stage.dispose();
    await disk.remove();
  });

  const data = () => join(disk.folder, 'postgres');

  /** A session beside the orchestrator's own. */
  async function connect(): Promise<pg.Client> {
    const password = (await readFile(join(disk.folder, 'database-password'), 'utf8')).trim();
    const port = Number((await readFile(join(data(), 'postmaster.pid'), 'utf8')).split('\n')[3]);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'boardroom', password, database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Nobody ended, nobody was told anything but 503 (or nothing, when it was back before anybody asked), nothing lost or doubled, and it all goes on. */
  async function expectHonestAbsence(): Promise<void> {
    const log = await stage.audit();
    expectAgentsUntouched(stage, log);
    const problems = stage.load.answers.flatMap(({ problem }) => (problem === '' ? [] : [problem]));
    expect(problems.filter((problem) => problem !== 'dependency_unavailable')).toEqual([]);
  }

  it('killed -9, again and again: it is back at the same address, by itself', outageTest, async () => {
    for (let time = 0; time < 3; time += 1) {
      const pid = await postmaster(data());
      await stage.outage({ breaks: () => void process.kill(pid, 'SIGKILL'), mends: () => undefined, forMs: 0 });
      await eventually(async () => ((await postmaster(data()).catch(() => pid)) === pid ? undefined : true), {
        withinMs: 30_000,
        what: 'another server',
      });
      await stage.works();
    }
    await expectHonestAbsence();
  });

  it(
    'on a full disk: writing is refused with 503, reading and health go on, and all does when there is space',
    outageTest,
    async () => {
      const outage = await stage.outage({
        breaks: disk.fill,
        meanwhile: async () => {
          await eventually(async () => stage.load.answers.some(({ status }) => status === 503) || undefined);
          expect((await stage.call('GET', '/tasks?limit=1')).status).toBe(200);
        },
        mends: disk.free,
      });
      expectReadiness(outage, { database: 'ok', redis: 'embedded' });
      await expectHonestAbsence();
    },
  );

  it(
    'that gave up, as its log could not be written: /ready says so, and it is back when there is space',
    outageTest,
    async () => {
      const outage = await stage.outage({
        breaks: async () => {
          const client = await connect();
          await disk.fill();
          // The next segment of the log has no place: it panics, and cannot recover either.
          await client.query('select pg_switch_wal()').catch(() => undefined);
          await client.end().catch(() => undefined);
          await eventually(async () => ((await stage.call('GET', '/ready')).status === 503 ? true : undefined));
        },
        mends: disk.free,
      });
      expectReadiness(outage, { database: 'error', redis: 'embedded' });
      await expectHonestAbsence();
    },
  );
});
