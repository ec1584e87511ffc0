import { setTimeout as sleep } from 'node:timers/promises';
import { adminKey } from './boardroom.ts';
import { problemIn } from './http-problem.ts';

/** One request of the load and what came of it. */
export interface LoadAnswer {
  readonly at: number;
  readonly what: 'task' | 'decision' | 'vote';
  /** Undefined when there was no whole answer. */
  readonly status: number | undefined;
  readonly tookMs: number;
  readonly problem: string;
}

export interface Ballot {
  readonly id: string;
  /** Of CEO and DAO, those whose vote was acknowledged. */
  readonly voted: string[];
}

/** What was asked of the orchestrator, and what it promised by a 2xx. */
export interface SteadyLoad {
  readonly answers: readonly LoadAnswer[];
  /** Ids by title, of what was acknowledged. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly decisions: ReadonlyMap<string, Ballot>;
  since(at: number): readonly LoadAnswer[];
  stop(): Promise<void>;
}

const answerMsMax = 25_000;

/**
 * A task for the CTO, a decision and the votes of CEO and DAO on it, again and again. Each step is asked for once: what
 * is refused is not repeated, so that whatever is there twice was doubled by the orchestrator. Rounds overlap: one that
 * hangs does not keep the next from coming.
 */
export function startLoad(url: string, everyMs: number): SteadyLoad {
  const answers: LoadAnswer[] = [];
  const tasks = new Map<string, string>();
  const decisions = new Map<string, Ballot>();
  const stopping = new AbortController();
  const rounds = new Set<Promise<void>>();

  // biome-ignore lint/suspicious/noExplicitAny: the contract of these answers is tested elsewhere
  async function ask(what: LoadAnswer['what'], path: string, body: unknown): Promise<any> {
    const at = performance.now();
    const note = (status: number | undefined, problem = '') =>
      answers.push({ at, what, status, tookMs: performance.now() - at, problem });
    try {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerMsMax),
      });
      const answer = { status: response.status, headers: response.headers, text: await response.text() };
      if (response.ok) {
        note(answer.status);
        return JSON.parse(answer.text);
      }
      note(answer.status, problemIn(answer).code);
    } catch (error) {
      note(undefined, String(error));
    }
    return undefined;
  }

  async function round(number: number): Promise<void> {
    const task = `Summarise week ${number}`;
    const created = await ask('task', '/tasks', { title: task, assignTo: 'cto', priority: 'urgent' });
    if (created) tasks.set(task, created.task.id);
    const title = `Move ${number}`;
    const decision = await ask('decision', '/decisions', { title, decisionType: 'major' });
    if (!decision) return;
    const ballot: Ballot = { id: decision.id, voted: [] };
    decisions.set(title, ballot);
    for (const voterType of ['ceo', 'dao']) {
      const body = { voterType, vote: 'approve', reason: 'steady' };
      if (await ask('vote', `/decisions/${decision.id}/vote`, body)) ballot.voted.push(voterType);
    }
  }

  const running = (async () => {
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const turn = round(number).finally(() => rounds.delete(turn));
      rounds.add(turn);
      await sleep(everyMs);
    }
  })();

  return {
    answers,
    tasks,
    decisions,
    since: (at) => answers.filter((answer) => answer.at >= at),
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(rounds);
    },
  };
}
