import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeLlm, startFakeLlm } from '../support/fake-llm.ts';
import { freePort } from '../support/free-port.ts';
import { buildHouse, type House } from '../support/house.ts';
import { type OrchestratorProcess, startOrchestrator } from '../support/orchestrator-process.ts';

let house: House;
let llm: FakeLlm;
beforeAll(async () => {
  house = await buildHouse({ roles: ['cmo'] });
  llm = await startFakeLlm('openai');
});
afterAll(async () => {
  await llm.close();
  await house.remove();
});

const start = (more: Record<string, string> = {}) =>
  startOrchestrator(
    { ...house.environment, AGENT_RUNTIME: 'process', CUSTOM_LLM_BASE_URL: llm.url, ...more },
    { main: house.main, folder: house.folder },
  );
const questions = () => llm.requests.map(({ body }) => JSON.stringify(body['messages']));
const runOf = async ({ url }: OrchestratorProcess, runId: string) =>
  (await call(`${url}/benchmark/runs/${runId}`, 'GET', {})).body;
const finished = (life: OrchestratorProcess, runId: string) =>
  eventually(async () => ((await runOf(life, runId)).status === 'finished' ? runOf(life, runId) : undefined), {
    withinMs: 60_000,
    what: 'the end of the benchmark',
  });
const begin = async ({ url }: OrchestratorProcess) => {
  const body = { models: ['custom/steady'], tasks: ['reasoning', 'german'] };
  return (await call(`${url}/benchmark/run`, 'POST', { body })).body.runId as string;
};
const answers = { kind: 'answer', text: 'Well. ANSWER\nANSWER: 137', pauseMs: 5 } as const;

it('who is killed in the middle is followed by its next life: what was answered is not asked again', {
  timeout: 90_000,
}, async () => {
  let asked = 0;
  llm.otherwise(() => {
    asked += 1;
    return asked > 6 ? { kind: 'hang' } : answers;
  });
  const first = await start();
  const runId = await begin(first);
  // Six answers on record, four calls that nobody will ever hear the end of.
  await eventually(async () => ((await runOf(first, runId)).done === 6 && asked === 10 ? true : undefined));
  await first.end('SIGKILL');
  const before = questions();
  llm.otherwise(() => answers);
  const second = await start();
  const run = await finished(second, runId);
  expect(run).toMatchObject({ total: 16, done: 16, results: [{ scored: 8 }, { scored: 8 }] });
  const after = questions().slice(before.length);
  expect(new Set([...before, ...after]).size).toBe(16);
  // The four that were under way, and those that nobody had asked yet.
  expect(after).toHaveLength(10);
  expect(after.filter((question) => before.slice(0, 6).includes(question))).toEqual([]);
  await second.end('SIGTERM');
});

it('two orchestrators share a run, and one of them goes on alone when the other is killed', {
  timeout: 90_000,
}, async () => {
  llm.otherwise(() => ({ ...answers, pauseMs: 40 }));
  llm.requests.length = 0;
  const [GATEWAY_PORT, EGRESS_PORT] = [String(await freePort()), String(await freePort())];
  const BOARDROOM_HOME = `${house.folder}/other-home`;
  const [one, other] = [await start(), await start({ GATEWAY_PORT, EGRESS_PORT, BOARDROOM_HOME })];
  const runId = await begin(one);
  await eventually(async () => ((await runOf(other, runId)).done >= 4 ? true : undefined));
  await one.end('SIGKILL');
  const run = await finished(other, runId);
  expect(run).toMatchObject({
    done: 16,
    results: [
      { scored: 8, error: null },
      { scored: 8, error: null },
    ],
  });
  expect(new Set(questions()).size).toBe(16);
  // Nothing twice but what the dead one had under way.
  expect(questions().length).toBeLessThanOrEqual(16 + 4);
  await other.end('SIGTERM');
});
