import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { knock } from '../support/http-socket.ts';
import {
  agentsConnected,
  expectAgentsUntouched,
  expectReadiness,
  type OutageStage,
  openOutageStage,
  outageTest,
} from '../support/outage-stage.ts';
import { describeOnLinux } from '../support/own-postgres.ts';
import { newId } from '../support/stand-in.ts';

const hourMs = 3_600_000;
const preload = new URL('../support/shifted-clock.mjs', import.meta.url).href;

describeOnLinux('the clock is set', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let stage: OutageStage;
  let file = '';
  beforeEach(async () => {
    file = join(tmpdir(), newId('shift'));
    database = await createEmptyDatabase();
    stage = await openOutageStage({
      DATABASE_URL: database.url,
      NODE_OPTIONS: `--import ${preload}`,
      SHIFT_FILE: file,
      // A backing-off agent is one that the clock could keep away.
      RESTART_BACKOFF_MS: '2000',
    });
  });
  afterEach(async () => {
    await stage.dispose();
    await database.drop();
    await rm(file, { force: true });
  });

  async function set(shiftMs: number): Promise<void> {
    await writeFile(`${file}.next`, String(shiftMs));
    await rename(`${file}.next`, file);
    await eventually(async () => {
      const { timestamp } = (await stage.call('GET', '/health')).body;
      return Math.abs(Date.parse(timestamp) - Date.now() - shiftMs) < 5_000 || undefined;
    });
  }

  const propose = async (title: string, decisionType: string): Promise<string> =>
    (await stage.call('POST', '/decisions', { body: { title, decisionType } })).body.id;
  const statusOf = async (id: string) => (await stage.call('GET', `/decisions/${id}`)).body.status;

  const give = async (title: string, assignTo: string, priority: string): Promise<string> =>
    (await stage.call('POST', '/tasks', { body: { title, assignTo, priority } })).body.task.id;
  const taskDone = (id: string) =>
    eventually(async () => ((await stage.call('GET', `/tasks/${id}`)).body.status === 'completed' ? true : undefined), {
      withinMs: 30_000,
      what: 'the task done',
    });

  /** A task that stays claimed, as its decision waits for the board; resolves with the decision. */
  async function heldTask(): Promise<{ taskId: string; decisionId: string }> {
    const taskId = await give('Launch the newsletter', 'cmo', 'critical');
    const decisionId = await eventually(
      async () => {
        const { decisions } = (await stage.call('GET', '/decisions/pending?limit=200')).body;
        return decisions.find(({ proposedBy }: { proposedBy: string }) => proposedBy === 'cmo')?.id as
          | string
          | undefined;
      },
      { withinMs: 30_000, what: 'the decision of the CMO' },
    );
    return { taskId, decisionId };
  }

  /** A key of the admin's that lasts for half an hour. */
  async function shortKey(): Promise<string> {
    const expiresAt = new Date(Date.now() + hourMs / 2).toISOString();
    const { body } = await stage.call('POST', '/keys', { body: { name: 'short', role: 'viewer', expiresAt } });
    return body.secret;
  }

  async function session(): Promise<string> {
    const { headers } = await stage.call('POST', '/sessions');
    return headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  /** A ticket made now lets in now, and once. */
  async function expectTicketsToWork(): Promise<void> {
    const { body } = await stage.call('POST', '/ws-tickets');
    expect((await knock(stage.url, `/ws?ticket=${body.ticket}`)).status).toBe(101);
    expect((await knock(stage.url, `/ws?ticket=${body.ticket}`)).status).toBe(401);
  }

  it.each([
    ['forward', hourMs],
    ['back', -hourMs],
  ])(
    '%s an hour and right again: nobody is killed, nothing passes early, waits for long or comes twice',
    async (_way, shiftMs) => {
      const decisions = [await propose('Later', 'major'), await propose('In four hours', 'minor')];
      const [short, cookie] = [await shortKey(), await session()];
      const held = await heldTask();
      let delayed = '';
      const me = (headers: Record<string, string>) => stage.call('GET', '/tasks?limit=1', { key: null, headers });
      const outage = await stage.outage({
        breaks: async () => {
          // Due in five seconds, by the clock that is about to be set; nothing else wakes the CMO.
          delayed = await give('Count the chairs', 'cmo', 'urgent');
          await set(shiftMs);
        },
        meanwhile: async () => {
          await taskDone(delayed);
          await stage.works();
          for (const id of decisions) expect(await statusOf(id)).toBe('pending');
          // An hour later half an hour is over, and twelve hours are not.
          expect((await me({ 'x-api-key': short })).status).toBe(shiftMs > 0 ? 401 : 200);
          expect((await me({ cookie })).status).toBe(200);
          await expectTicketsToWork();
        },
        mends: () => set(0),
      });
      expectReadiness(outage, { database: 'ok', redis: 'embedded' });
      for (const id of decisions) expect(await statusOf(id)).toBe('pending');
      expect((await me({ 'x-api-key': short })).status).toBe(200);
      expect((await me({ cookie })).status).toBe(200);
      await expectTicketsToWork();
      const { decisionId, taskId } = held;
      for (const voterType of ['ceo', 'dao'])
        await stage.call('POST', `/decisions/${decisionId}/vote`, { body: { voterType, vote: 'approve' } });
      await taskDone(taskId);
      const log = await stage.audit();
      expectAgentsUntouched(stage, log);
      expect(
        log.filter(({ eventType }) => eventType === 'task_released'),
        'no claim was taken from who lives',
      ).toEqual([]);
      expect(stage.load.answers.filter(({ problem }) => problem !== '')).toEqual([]);
    },
    outageTest.timeout,
  );

  it(
    'back, while an agent waits for its next start: it is back within seconds',
    async () => {
      for (let time = 0; time < 2; time += 1) {
        const { cmo = '' } = await agentsConnected(stage.call);
        await kill(cmo);
        await eventually(async () =>
          (await stage.call('GET', '/agents/cmo')).body.containerId === cmo ? undefined : true,
        );
      }
      await set(-hourMs);
      await agentsConnected(stage.call);
      await stage.audit();
    },
    outageTest.timeout,
  );
});

/** By the marker in its environment, as `proc_<instance>` says nothing of its process. */
async function kill(containerId: string): Promise<void> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const text = await readFile(join('/proc', entry, 'environ'), 'utf8').catch(() => '');
    const instance = /BOARDROOM_INSTANCE=(\w+)/.exec(text)?.[1];
    if (instance !== undefined && containerId.includes(instance)) process.kill(Number(entry), 'SIGKILL');
  }
}
