import type { Briefing } from '../../src/agents/briefing.ts';
import { converse } from '../../src/agents/conversation.ts';
import { readCompletion } from '../../src/agents/model.ts';
import { buildPrompt } from '../../src/agents/prompt.ts';
import type { OfferedTool, ToolAnswer } from '../../src/agents/toolbox.ts';
import type { Vote } from '../../src/contracts/decision.ts';
import type { WakeReason } from '../../src/contracts/gateway.ts';
import { toolNames } from '../../src/contracts/tools.ts';
import { type ChatRequest, chatRequestSchema } from '../../src/orchestrator/models/chat.ts';
import { rehearse } from '../../src/orchestrator/models/rehearsal.ts';

type Message = Briefing['inbox']['messages'][number];
type Decision = Briefing['decisions']['decisions'][number];
type Task = Briefing['tasks']['tasks'][number];

export const at = '2030-01-01T09:00:00.000Z';

export const aMessage = (parts: Partial<Message> & Pick<Message, 'from' | 'body'>): Message => ({
  id: 'msg_1',
  seq: 1,
  priority: 'normal',
  data: {},
  createdAt: at,
  ...parts,
});

export const aTask = (parts: Partial<Task> & Pick<Task, 'title'>): Task => ({
  id: 'tsk_1',
  description: '',
  status: 'pending',
  priority: 'normal',
  assignedTo: 'cmo',
  createdBy: 'operator:anna',
  result: null,
  createdAt: at,
  completedAt: null,
  wakeAt: at,
  leaseUntil: null,
  attempts: 0,
  dueAt: null,
  flags: [],
  duplicateOf: null,
  suggestedAssignee: null,
  decisions: [],
  ...parts,
});

export const aDecision = (parts: Partial<Decision> & Pick<Decision, 'title'>): Decision => ({
  id: 'dec_1',
  status: 'pending',
  decisionType: 'major',
  proposedBy: 'cmo',
  ceoVote: null,
  daoVote: null,
  createdAt: at,
  description: '',
  round: 1,
  taskId: null,
  deadline: null,
  because: '',
  askedOfYou: 'vote',
  votes: [],
  statements: [],
  ...parts,
});

export const aBriefing = (parts: {
  messages?: Message[];
  decisions?: Decision[];
  tasks?: Task[];
  notes?: Briefing['notes']['notes'];
}): Briefing => ({
  inbox: { messages: parts.messages ?? [], more: false },
  decisions: { decisions: parts.decisions ?? [] },
  tasks: { tasks: parts.tasks ?? [] },
  notes: { notes: parts.notes ?? [] },
});

export const allTools: readonly OfferedTool[] = toolNames.map((name) => ({ name, description: '', inputSchema: {} }));

/** What the calls of these plays carry. */
export type Input = Partial<
  Record<
    'title' | 'description' | 'tier' | 'taskId' | 'vote' | 'reason' | 'result' | 'statement' | 'note' | 'key' | 'focus',
    unknown
  >
>;

export interface Played {
  readonly summary: string;
  readonly calls: readonly { readonly name: string; readonly input: Input }[];
  readonly requests: readonly ChatRequest[];
}

export interface Scene {
  readonly role: string;
  readonly briefing: Briefing;
  readonly reason?: WakeReason;
  readonly initiative?: boolean;
  readonly offered?: readonly OfferedTool[];
  /** What a tool answers; a string refuses. */
  readonly answer?: (name: string, input: Input) => object | string;
}

/** One turn of the built-in agent with the rehearsal as its model: the real prompt, the real conversation. */
export async function play(scene: Scene): Promise<Played> {
  const { role, briefing, reason = 'message', initiative = false, offered = allTools, answer = () => ({}) } = scene;
  const calls: { name: string; input: Input }[] = [];
  const requests: ChatRequest[] = [];
  const summary = await converse({
    prompt: buildPrompt({
      welcome: { agentType: role, name: role.toUpperCase(), prompt: 'You are here.' },
      wake: { wakes: [{ reason, subjects: [] }], initiative },
      briefing,
      knowledge: [],
      now: at,
    }),
    ask: async (messages, tools) => {
      const functions = tools.map(({ name, inputSchema }) => ({
        type: 'function',
        function: { name, parameters: inputSchema },
      }));
      const request = chatRequestSchema.parse({ model: 'rehearsal', messages, tools: functions });
      requests.push(structuredClone(request));
      return readCompletion(rehearse(request));
    },
    toolbox: {
      offered,
      async call(name, input): Promise<ToolAnswer> {
        calls.push({ name, input });
        const said = answer(name, input);
        return typeof said === 'string'
          ? { outcome: 'refused', text: said, data: undefined }
          : { outcome: 'ok', text: JSON.stringify(said), data: said };
      },
      close: async () => {},
    },
    tell: () => {},
  });
  return { summary, calls, requests };
}

/** Just enough of a boardroom for a story of one task: claims, one decision, two voters, rounds. */
export function createStage(title: string) {
  const task = aTask({ title, description: 'Tell our readers every month what we made.' });
  let decision: Decision | undefined;
  const votes = new Map<string, Vote>();
  const statements: Decision['statements'] = [];

  const shown = (): Task => ({ ...task, decisions: decision ? [decision] : [] });

  function count(): void {
    if (!decision || votes.size < 2) return;
    const [ceo, dao] = [votes.get('ceo'), votes.get('dao')];
    votes.clear();
    if (ceo === dao)
      decision = { ...decision, status: ceo === 'approve' ? 'approved' : 'vetoed', because: 'both agreed' };
    else if (decision.round === 3) decision = { ...decision, status: 'escalated', because: 'no agreement' };
    else decision = { ...decision, round: decision.round + 1, statements };
  }

  function answer(role: string, name: string, input: Input): object {
    switch (name) {
      case 'claim_task':
        task.status = 'in_progress';
        return { task: shown() };
      case 'propose_decision':
        decision = aDecision({
          title: String(input.title),
          description: String(input.description),
          taskId: task.id,
        });
        return { decision };
      case 'vote':
        votes.set(role, input.vote === 'approve' ? 'approve' : 'veto');
        return { decision };
      case 'give_statement':
        statements.push({ round: decision?.round ?? 0, agentType: role, statement: String(input.statement) });
        return { done: true };
      case 'complete_task':
      case 'fail_task':
        task.status = name === 'complete_task' ? 'completed' : 'failed';
        return { task };
      default:
        return { done: true };
    }
  }

  return {
    task,
    decision: () => decision,
    work: () =>
      play({ role: 'cmo', briefing: aBriefing({ tasks: [shown()] }), answer: (...call) => answer('cmo', ...call) }),
    async ask(role: string, askedOfYou: 'vote' | 'statement'): Promise<Played> {
      const decisions = decision ? [{ ...decision, askedOfYou }] : [];
      const played = await play({
        role,
        briefing: aBriefing({ decisions }),
        answer: (...call) => answer(role, ...call),
      });
      count();
      return played;
    },
  };
}
