import { AppError } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/task.ts';
import type { ToolInput, ToolName, ToolOutput } from '../../contracts/tools.ts';
import { findAgentOrThrow } from '../agents/find.ts';
import type { InstanceService } from '../agents/instances.ts';
import type { AgentService } from '../agents/service.ts';
import type { DecisionService } from '../decisions/service.ts';
import type { DomainService } from '../domains/service.ts';
import type { EscalationService } from '../escalations/service.ts';
import type { Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Alike } from '../knowledge/meaning.ts';
import type { KnowledgeService } from '../knowledge/service.ts';
import type { MemoryService } from '../memory/service.ts';
import type { Queryable } from '../platform/postgres.ts';
import type { TaskService } from '../tasks/service.ts';
import type { AgentCaller } from './identity.ts';

interface Deps {
  readonly agents: AgentService;
  readonly instances: InstanceService;
  readonly decisions: DecisionService;
  readonly domains: DomainService;
  readonly tasks: TaskService;
  readonly inbox: InboxService;
  readonly knowledge: KnowledgeService;
  readonly memory: MemoryService;
  readonly escalations: EscalationService;
  readonly isAgent: (name: string) => boolean;
}

export interface ToolContext {
  readonly caller: AgentCaller;
  readonly work: Work;
  /** For `recall`: what means what is asked for, looked for before the transaction began. */
  readonly alike: readonly Alike[];
}

/** A model pays for every character it reads. */
const documentsMax = 10;
const agentsSnippetMax = 600;
const charactersMax = 16_000;

/** One function per tool, run inside one transaction. A tool without its function does not compile. */
export type Toolbox = {
  readonly [N in ToolName]: (input: ToolInput<N>, context: ToolContext) => Promise<ToolOutput<N>>;
};

export function createToolbox({
  agents,
  instances,
  decisions,
  domains,
  tasks,
  inbox,
  knowledge,
  memory,
  escalations,
  isAgent,
}: Deps): Toolbox {
  const withDecisions = async (db: Queryable, found: readonly Task[]) => {
    const linked =
      found.length === 0
        ? []
        : await decisions.ofTasks(
            db,
            found.map(({ id }) => id),
          );
    return found.map((task) => ({ ...task, decisions: linked.filter(({ taskId }) => taskId === task.id) }));
  };
  const withDecision = async ({ work, caller }: ToolContext, decisionId: string) => ({
    decision: await decisions.brief(work.tx, decisionId, caller.actor.name),
  });
  const claimant = ({ caller }: ToolContext) => ({ actor: caller.actor, instanceId: caller.instanceId });
  const done = { done: true as const };

  return {
    async read_inbox({ limit }, { work, caller }) {
      const agentType = caller.actor.name;
      const { inboxCursor } = await findAgentOrThrow(work.tx, agentType);
      const page = await inbox.unread(work.tx, { agentType, after: inboxCursor, limit });
      const last = page.messages.at(-1);
      if (last) await instances.noteRead(work.tx, caller.instanceId, last.seq);
      return page;
    },
    async list_tasks({ status, all, limit }, { work, caller }) {
      const assignedTo = all ? undefined : caller.actor.name;
      return { tasks: await withDecisions(work.tx, await tasks.listFor(work.tx, { assignedTo, status, limit })) };
    },
    async claim_task({ taskId }, context) {
      const claimed = await tasks.claim(context.work, claimant(context), taskId);
      const [task] = await withDecisions(context.work.tx, [claimed]);
      if (!task) throw new Error('one task in, one task out');
      return { task };
    },
    complete_task: async ({ taskId, result }, context) => ({
      task: await tasks.finish(context.work, claimant(context), { taskId, status: 'completed', result }),
    }),
    fail_task: async ({ taskId, reason }, context) => ({
      task: await tasks.finish(context.work, claimant(context), { taskId, status: 'failed', result: reason }),
    }),
    create_task: async (input, { work, caller }) => ({ task: await tasks.create(work, caller.actor, input) }),
    async propose_decision({ taskId, ...input }, context) {
      const { work, caller } = context;
      if (taskId !== undefined) await tasks.assertOwn(work.tx, caller.actor.name, taskId);
      return withDecision(context, await decisions.propose(work, caller.actor, { ...input, taskId }));
    },
    list_decisions: async (query, { work, caller }) => ({
      decisions: await decisions.listFor(work.tx, caller.actor.name, query),
    }),
    async vote(input, context) {
      await decisions.vote(context.work, context.caller.actor, { ...input, voterType: context.caller.actor.name });
      return withDecision(context, input.decisionId);
    },
    async give_statement(input, { work, caller }) {
      await decisions.giveStatement(work, caller.actor, input);
      return done;
    },
    async withdraw_decision(input, context) {
      await decisions.withdraw(context.work, context.caller.actor, input);
      return withDecision(context, input.decisionId);
    },
    async send_message({ to, message, priority }, { work, caller }) {
      if (!isAgent(to)) throw new AppError('agent_not_found', `There is no agent "${to}"`);
      return { messageId: await inbox.send(work, caller.actor, { to, body: message, priority }) };
    },
    async remember({ key, note }, { work, caller }) {
      await memory.remember(work, { agentType: caller.actor.name, key, note });
      return done;
    },
    async recall({ query, limit }, { work, caller, alike }) {
      const reader = caller.actor.name;
      const notes = await memory.recall(work.tx, { agentType: reader, query, limit });
      const question = { query, limit: Math.min(limit, documentsMax), reader, alike, snippetMax: agentsSnippetMax };
      return { notes, documents: await knowledge.search(work.tx, question) };
    },
    read_document: async ({ documentId, offset }, { work, caller }) => ({
      document: await knowledge.readPart(work.tx, caller.actor.name, { id: documentId, offset, charactersMax }),
    }),
    async request_domain({ domain, reason, taskId }, { work, caller }) {
      if (taskId !== undefined) await tasks.assertOwn(work.tx, caller.actor.name, taskId);
      return domains.request(work, caller.actor, { domain, reason, url: null, taskId: taskId ?? null });
    },
    async set_focus({ focus }, { work, caller }) {
      await agents.setFocus(work.tx, caller.actor.name, focus);
      return done;
    },
    async raise_alert({ severity, message }, { work, caller }) {
      work.append(caller.actor, 'alert_raised', { agentType: caller.actor.name, severity, message });
      return done;
    },
    async request_human({ question, priority }, { work, caller }) {
      const { name } = caller.actor;
      const ask = {
        kind: 'human_requested' as const,
        subject: name,
        title: `${name} asks a human`,
        reason: question,
        priority,
      };
      return { escalationId: await escalations.open(work, caller.actor, ask) };
    },
  };
}
