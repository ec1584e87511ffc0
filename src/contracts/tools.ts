import { z } from 'zod';
import {
  castVoteSchema,
  decisionActionSchema,
  decisionSummarySchema,
  votedRoundSchema,
  voteSchema,
} from './decision.ts';
import { domainInput, requestStatusSchema } from './domain.ts';
import { documentPageSchema, documentTextMax, findingSchema } from './knowledge.ts';
import { tierSchema } from './policy.ts';
import { actorSchema, agentTypeSchema, filledText, idOf, jsonValue, seqSchema, text, timestamp } from './primitives.ts';
import { prioritySchema, taskSchema, taskStatusSchema } from './task.ts';

/** One thing an agent can do: offered over MCP, checked by its schema, allowed by its profile, recorded as history. */
export interface Tool<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly description: string;
  readonly input: I;
  readonly output: O;
  /** True when it only reads: such calls are recorded, but make no news. */
  readonly readOnly: boolean;
}

const tool = <I extends z.ZodType, O extends z.ZodType>(row: Tool<I, O>) => row;
const limit = z.number().int().min(1).max(50).default(20);
const done = z.object({ done: z.literal(true) });

export const messageSchema = z.object({
  id: idOf('msg'),
  seq: seqSchema,
  from: actorSchema,
  body: z.string(),
  priority: prioritySchema,
  /** What the message is about, for programs: e.g. `{decisionId, status, taskId}`. */
  data: z.record(z.string(), jsonValue),
  createdAt: timestamp,
});

/** A decision as a voter needs it. */
export const decisionBriefSchema = decisionSummarySchema.extend({
  description: z.string(),
  taskId: idOf('tsk').nullable(),
  /** What is asked of the caller now. */
  askedOfYou: z.enum(['vote', 'statement', 'nothing']),
  votes: z.array(castVoteSchema),
  statements: z.array(z.object({ round: z.number(), agentType: agentTypeSchema, statement: z.string() })),
});

/** A task with the decisions that were proposed for it. */
export const taskBriefSchema = taskSchema.extend({
  decisions: z.array(
    decisionSummarySchema.pick({ id: true, title: true, status: true }).extend({ because: z.string() }),
  ),
});

export const tools = {
  read_inbox: tool({
    description:
      'Read your messages that you have not handled yet, oldest first. They count as handled when this loop ends well.',
    input: z.strictObject({ limit }),
    output: z.object({ messages: z.array(messageSchema), more: z.boolean() }),
    readOnly: true,
  }),
  list_tasks: tool({
    description:
      'List your own tasks (or everyone’s with all: true), most urgent first, each with the decisions proposed for it.',
    input: z.strictObject({
      status: z.array(taskStatusSchema).max(5).optional(),
      all: z.boolean().default(false),
      limit,
    }),
    output: z.object({ tasks: z.array(taskBriefSchema) }),
    readOnly: true,
  }),
  claim_task: tool({
    description:
      'Take a pending task of yours. It stays yours as long as you live; if you die it returns to the queue.',
    input: z.strictObject({ taskId: idOf('tsk') }),
    output: z.object({ task: taskBriefSchema }),
    readOnly: false,
  }),
  complete_task: tool({
    description: 'Finish a task that you claimed, with its result in words.',
    input: z.strictObject({ taskId: idOf('tsk'), result: filledText(20_000) }),
    output: z.object({ task: taskSchema }),
    readOnly: false,
  }),
  fail_task: tool({
    description: 'Give up a task that you claimed, with the reason.',
    input: z.strictObject({ taskId: idOf('tsk'), reason: filledText(2_000) }),
    output: z.object({ task: taskSchema }),
    readOnly: false,
  }),
  create_task: tool({
    description: 'Give a task to a role you may assign work to.',
    input: z.strictObject({
      title: filledText(200),
      description: text(20_000).default(''),
      assignTo: agentTypeSchema,
      priority: prioritySchema.default('normal'),
    }),
    output: z.object({ task: taskSchema }),
    readOnly: false,
  }),
  propose_decision: tool({
    description:
      'Propose a decision to the board. Tiers: operational (at once), minor (CEO), major (CEO and DAO), critical (both, then a human). Name the task it is for with taskId: you are told the outcome in your inbox. onApprove actions run by themselves once it is approved.',
    input: z.strictObject({
      title: filledText(200),
      description: text(20_000).default(''),
      tier: tierSchema.default('major'),
      taskId: idOf('tsk').optional(),
      onApprove: z.array(decisionActionSchema).max(10).default([]),
    }),
    output: z.object({ decision: decisionBriefSchema }),
    readOnly: false,
  }),
  list_decisions: tool({
    description: 'List decisions, newest first. needsMe: only those that wait for your vote or statement.',
    input: z.strictObject({ needsMe: z.boolean().default(false), limit }),
    output: z.object({ decisions: z.array(decisionBriefSchema) }),
    readOnly: true,
  }),
  vote: tool({
    description:
      'Vote on a decision as yourself: approve, veto or abstain, with your reason. A vote cannot be taken back.',
    input: z.strictObject({
      decisionId: idOf('dec'),
      vote: voteSchema,
      reason: filledText(2_000),
      round: votedRoundSchema,
    }),
    output: z.object({ decision: decisionBriefSchema }),
    readOnly: false,
  }),
  give_statement: tool({
    description:
      'Say what you think of a decision that the voters could not agree on. It is shown to them, not counted.',
    input: z.strictObject({ decisionId: idOf('dec'), statement: filledText(4_000) }),
    output: done,
    readOnly: false,
  }),
  withdraw_decision: tool({
    description: 'Take back a decision of yours that is still open.',
    input: z.strictObject({ decisionId: idOf('dec'), reason: filledText(2_000) }),
    output: z.object({ decision: decisionBriefSchema }),
    readOnly: false,
  }),
  send_message: tool({
    description: 'Send a message to the inbox of another role.',
    input: z.strictObject({
      to: agentTypeSchema,
      message: filledText(8_000),
      priority: prioritySchema.default('normal'),
    }),
    output: z.object({ messageId: idOf('msg') }),
    readOnly: false,
  }),
  remember: tool({
    description:
      'Keep a note for your later loops and lives under a key of your own. An empty note forgets it. You keep only so many: when they are full, merge some into one and forget the rest.',
    input: z.strictObject({ key: filledText(120), note: text(8_000) }),
    output: done,
    readOnly: false,
  }),
  recall: tool({
    description:
      'Read your notes whose key or text holds the query (all when it is empty), newest first. With a query also find what the team knows: documents that fit it, best first, each with its id to cite and to read it whole (read_document), its source and a passage. Others wrote them: judge them.',
    input: z.strictObject({ query: text(200).default(''), limit }),
    output: z.object({
      notes: z.array(z.object({ key: z.string(), note: z.string(), updatedAt: timestamp })),
      documents: z.array(findingSchema).default([]),
    }),
    readOnly: true,
  }),
  read_document: tool({
    description:
      'Read a document that recall found, whole: shared ones and your own. A long one comes in parts; go on at nextOffset. Others wrote it: judge it.',
    input: z.strictObject({ documentId: idOf('doc'), offset: z.number().int().min(0).max(documentTextMax).default(0) }),
    output: z.object({ document: documentPageSchema }),
    readOnly: true,
  }),
  request_domain: tool({
    description:
      'Ask for a domain that you may not reach yet, with the reason. A human decides; the answer comes to your inbox.',
    input: z.strictObject({ domain: domainInput, reason: filledText(2_000), taskId: idOf('tsk').optional() }),
    output: z.object({ status: requestStatusSchema, domain: z.string(), because: z.string() }),
    readOnly: false,
  }),
  set_focus: tool({
    description: 'Say in one line what you work on now, for the people who watch.',
    input: z.strictObject({ focus: text(200) }),
    output: done,
    readOnly: false,
  }),
  raise_alert: tool({
    description: 'Tell the operators of something that is wrong. It asks for nothing.',
    input: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']), message: filledText(2_000) }),
    output: done,
    readOnly: false,
  }),
  request_human: tool({
    description:
      'Ask a human to decide or do what you cannot or may not. It waits until a human answers; the answer comes to your inbox.',
    input: z.strictObject({
      question: filledText(4_000),
      priority: z.enum(['critical', 'high', 'normal']).default('normal'),
    }),
    output: z.object({ escalationId: idOf('esc') }),
    readOnly: false,
  }),
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;
export const toolNames = Object.keys(tools) as [ToolName, ...ToolName[]];
export const toolNameSchema = z.enum(toolNames);
export type ToolInput<N extends ToolName> = z.output<(typeof tools)[N]['input']>;
export type ToolOutput<N extends ToolName> = z.input<(typeof tools)[N]['output']>;

/** What the built-in agent puts into its prompt is what the tools answer. */
export type DecisionBrief = z.output<typeof decisionBriefSchema>;
export type InboxMessage = z.output<typeof messageSchema>;
