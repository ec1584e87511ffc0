import { tokenOf } from '../../test/support/agent-token.ts';
import { type BenchOrchestrator, openOrchestrator } from './orchestrator.ts';

/** An orchestrator with one local agent, whose token the load borrows. */
export interface ThinkingAgent {
  readonly orchestrator: BenchOrchestrator;
  readonly token: string;
  readonly egressPort: number;
  close(): Promise<void>;
}

export async function openThinkingAgent(
  databaseUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<ThinkingAgent> {
  const orchestrator = await openOrchestrator(databaseUrl, environment);
  try {
    await orchestrator.call('POST', '/agents/cco/start');
    const token = await tokenOf({ gatewayUrl: `http://127.0.0.1:${orchestrator.gatewayPort}` }, 'cco');
    return { orchestrator, token, egressPort: orchestrator.egressPort, close: orchestrator.close };
  } catch (error) {
    await orchestrator.close();
    throw error;
  }
}
