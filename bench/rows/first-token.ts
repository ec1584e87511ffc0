import { startFakeLlm } from '../../test/support/fake-llm.ts';
import { median } from '../measure.ts';
import { openThinkingAgent } from '../parts/thinking-agent.ts';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const requests = 150;
const warmUps = 6;
const body = JSON.stringify({
  model: 'openai/gpt-5',
  messages: [{ role: 'user', content: 'How are you?' }],
  max_tokens: 100,
  stream: true,
});

/** Milliseconds from the question to the first piece of the answer. */
async function firstToken(url: string, token: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const tookMs = performance.now() - began;
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
  // To the end: the connection is used again.
  while (reader && !(await reader.read()).done);
  return tookMs;
}

export const firstTokenRow: Row = {
  name: 'first-token',
  about: 'what the model gateway adds to the time to the first token of a stream, and what the barest hop adds',
  unit: 'ms',
  better: 'lower',
  goal: { figure: 1.5 },
  needs: ['linux'],
  async open(bench) {
    const database = await bench.createDatabase();
    const provider = await startFakeLlm('openai');
    const agent = await openThinkingAgent(database.url, { OPENAI_API_KEY: 'sk-bench', OPENAI_BASE_URL: provider.url });
    // A budget that watches each call and lets all of them through.
    await agent.orchestrator.call('POST', '/settings/budgets/cco', { value: { daily: { calls: 10_000_000 } } });
    const gatewayUrl = `http://127.0.0.1:${agent.orchestrator.gatewayPort}/llm/v1`;
    const bare = startWorker(new URL('../parts/bare-gateway.worker.ts', import.meta.url));
    const { origin, pathname } = new URL(provider.url);
    const barePort = await bare.call<number>('listen', { origin });
    async function addedBy(url: string, token: string): Promise<number> {
      const [direct, through]: [number[], number[]] = [[], []];
      for (let request = 0; request < requests; request += 1) {
        direct.push(await firstToken(provider.url, 'none'));
        through.push(await firstToken(url, token));
      }
      return median(through) - median(direct);
    }
    // A gateway that has just started is still being compiled; teams ask one that has run for days.
    for (let round = 0; round < warmUps; round += 1) await addedBy(gatewayUrl, agent.token);
    return {
      ours: () => addedBy(gatewayUrl, agent.token),
      reference: () => addedBy(`http://127.0.0.1:${barePort}${pathname}`, 'none'),
      async close() {
        await bare.end();
        await agent.close();
        await provider.close();
        await database.drop();
      },
    };
  },
};
