import type { Item, ItemOf } from '../../contracts/benchmark-task.ts';
import type { CodeRunner } from '../platform/code-runner.ts';
import type { Chance } from '../platform/identity.ts';
import type { Ask } from './ask.ts';
import { judgeQuestion, judgeSystem, markOf, type Place, type Verdict, verdictIn } from './judge-rules.ts';
import { codeIn, gradeCode, gradeExact, gradeJson, gradeRules, type Mark } from './rules.ts';

/** What an answer is worth; without a mark it says why there is none. */
export interface Grade {
  readonly mark: Mark | undefined;
  readonly error: string | null;
  readonly judgeCostMicroUsd: number;
}

export interface Answered {
  readonly runId: string;
  readonly answer: string;
  /** A model; null where none is set. */
  readonly judge: string | null;
  readonly signal: AbortSignal;
}

export type Grader = (item: Item, answered: Answered) => Promise<Grade>;

interface Deps {
  readonly ask: Ask;
  readonly chance: Chance;
  /** Resolves once it is known what runs things here; undefined when this process closes before. */
  readonly codeRunner: Promise<CodeRunner | undefined>;
}

const marked = (mark: Mark): Grade => ({ mark, error: null, judgeCostMicroUsd: 0 });
const judgeTokensMax = 4_096;
const places: readonly Place[] = ['first', 'second'];

export function createGrader({ ask, chance, codeRunner }: Deps): Grader {
  async function gradeByRunning(item: ItemOf<'code'>, { answer, signal }: Answered): Promise<Grade> {
    const source = codeIn(answer);
    if (source === undefined) return marked({ score: 0, because: 'there is no block of code' });
    const runner = await codeRunner;
    if (!runner) throw new Error('closed before it was known what runs code here');
    // The results that are wanted stay here: the code knows its cases only.
    const calls = item.cases.map((one) => `JSON.stringify(${item.function}(...${JSON.stringify(one.arguments)}))`);
    const result = await runner.run({ source, calls }, signal);
    return marked(result.kind === 'ran' ? gradeCode(item, result.outputs) : { score: 0, because: result.because });
  }

  async function gradeByJudge(item: ItemOf<'rubric'>, { runId, answer, judge, signal }: Answered): Promise<Grade> {
    if (judge === null) return unmarked('nobody judges texts: the setting benchmark.judge_model names no model', 0);
    const verdicts: Verdict[] = [];
    let cost = 0;
    for (const place of places) {
      const prompt = judgeQuestion(item, answer, { place, seal: chance.uuid() });
      const question = { runId, model: judge, system: judgeSystem, prompt, maxTokens: judgeTokensMax, signal };
      const { text, error, costMicroUsd } = await ask(question);
      cost += costMicroUsd;
      if (error !== null) return unmarked(`the judge ${judge} did not answer: ${error}`, cost);
      const verdict = verdictIn(text, place);
      if (!verdict) return unmarked(`the judge ${judge} gave no verdict: ${text.slice(0, 200)}`, cost);
      verdicts.push(verdict);
    }
    return { mark: markOf(verdicts), error: null, judgeCostMicroUsd: cost };
  }

  return async (item, answered) => {
    const { answer } = answered;
    switch (item.grading) {
      case 'exact':
        return marked(gradeExact(item, answer));
      case 'json':
        return marked(gradeJson(item, answer));
      case 'rules':
        return marked(gradeRules(item, answer));
      case 'code':
        return gradeByRunning(item, answered);
      case 'rubric':
        return gradeByJudge(item, answered);
    }
  };
}

const unmarked = (error: string, judgeCostMicroUsd: number): Grade => ({ mark: undefined, error, judgeCostMicroUsd });
