import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../support/boardroom.ts';
import { createDice, type Dice } from '../support/dice.ts';
import { eventually } from '../support/eventually.ts';
import type { Write, WriteKind } from './writes.ts';

/** Operators who write through the API, whatever happens to it. */
export interface Load {
  readonly writes: readonly Write[];
  /** Answers that no write of theirs should ever get. */
  readonly findings: readonly string[];
  /** Resolves when the last write has its answer. */
  stop(): Promise<void>;
}

interface LoadOptions {
  readonly url: string;
  readonly seed: number;
  readonly writers: number;
  /** False while the agents have enough to do. */
  readonly wantsTasks: () => boolean;
  readonly isUp: () => boolean;
}

interface Request {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly mark: string;
}

/** After a write without an answer they wait until it is up again, but not always so long. */
const patienceMs = 5_000;
const assignees = ['cmo', 'cto', 'cfo', 'coo', 'cco'] as const;
const everyone = ['ceo', 'dao', ...assignees] as const;
/** Such as a role does by itself, and such as it puts to the board first. */
const undertakings = [
  'Summarise the week',
  'Count the chairs',
  'Tidy the archive',
  'Launch the shop',
  'Buy a printer',
] as const;
const kinds = [
  'task',
  'task',
  'decision',
  'decision',
  'vote',
  'vote',
  'vote',
  'message',
  'escalate',
  'resolve',
  'cancel',
] as const;

export function startLoad({ url, seed, writers, wantsTasks, isUp }: LoadOptions): Load {
  const writes: Write[] = [];
  const findings: string[] = [];
  const stopping = new AbortController();
  /** What has been made so far, for others to act on. */
  const made = { task: [] as string[], decision: [] as string[] };

  async function write(dice: Dice, kind: WriteKind, mark: string): Promise<void> {
    const request = requestOf({ dice, kind, mark, made });
    if (!request) return;
    try {
      const { status, body } = await call(url + request.path, 'POST', { body: request.body });
      if (kind === 'task' && status === 201) made.task.push(body.task.id);
      if (kind === 'decision' && status === 201) made.decision.push(body.id);
      if (!answers.has(status)) findings.push(`${kind} "${mark}" was answered with ${status}: ${JSON.stringify(body)}`);
      writes.push({ kind, mark: request.mark, outcome: answers.get(status) ?? 'unanswered' });
    } catch {
      // It was killed, or it is not up again yet.
      writes.push({ kind, mark: request.mark, outcome: 'unanswered' });
      await eventually(() => isUp() || stopping.signal.aborted || undefined, { withinMs: patienceMs }).catch(
        () => undefined,
      );
    }
  }

  async function run(writer: number): Promise<void> {
    const dice = createDice(seed, `writer ${writer}`);
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const kind = dice.pick(kinds);
      if (kind !== 'task' || wantsTasks()) await write(dice, kind, `${seed}-${writer}-${number}`);
      await sleep(dice.whole(20, 250));
    }
  }

  const running = Promise.all(Array.from({ length: writers }, (_, writer) => run(writer)));
  return {
    writes,
    findings,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const answers: ReadonlyMap<number, Write['outcome']> = new Map([
  [200, 'acknowledged'],
  [201, 'acknowledged'],
  // Not his vote.
  [403, 'refused'],
  // Another was faster: an agent, or another operator.
  [409, 'refused'],
  [503, 'unanswered'],
]);

interface Draw {
  readonly dice: Dice;
  readonly kind: WriteKind;
  readonly mark: string;
  readonly made: { readonly task: readonly string[]; readonly decision: readonly string[] };
}

/** Undefined when there is nothing to act on yet. */
function requestOf({ dice, kind, mark, made }: Draw): Request | undefined {
  const title = `${dice.pick(undertakings)} ${mark}`;
  const [task, decision] = [recent(dice, made.task), recent(dice, made.decision)];
  switch (kind) {
    case 'task': {
      const priority = dice.pick(['critical', 'high', 'normal']);
      return { path: '/tasks', body: { title, assignTo: dice.pick(assignees), priority }, mark: title };
    }
    case 'decision': {
      const decisionType = dice.pick(['operational', 'minor', 'major', 'major', 'critical']);
      const task = { title: `Follow up ${mark}`, assignTo: dice.pick(assignees), priority: 'critical' };
      const onApprove = dice.fraction() < 0.2 ? [{ kind: 'create_task', task }] : [];
      return { path: '/decisions', body: { title, decisionType, onApprove }, mark: title };
    }
    case 'message':
      return { path: `/agents/${dice.pick(everyone)}/message`, body: { message: mark }, mark };
    case 'vote': {
      const vote = dice.pick(['approve', 'approve', 'veto', 'abstain']);
      const body = { voterType: dice.pick(['ceo', 'dao']), vote, reason: mark };
      return decision === undefined ? undefined : { path: `/decisions/${decision}/vote`, body, mark };
    }
    case 'cancel':
      return task === undefined ? undefined : { path: `/tasks/${task}/cancel`, body: { reason: mark }, mark };
    case 'escalate':
      return decision === undefined
        ? undefined
        : { path: `/decisions/${decision}/escalate`, body: { reason: mark }, mark };
    case 'resolve': {
      const body = { decision: dice.pick(['approve', 'reject']), reason: mark };
      return decision === undefined ? undefined : { path: `/decisions/${decision}/resolve`, body, mark };
    }
  }
}

/** The newest are still open; older ones are for the refusals. */
const recent = (dice: Dice, ids: readonly string[]) => ids.at(-dice.whole(1, Math.min(ids.length, 6)));
