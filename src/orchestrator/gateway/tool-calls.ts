import { and, eq } from 'drizzle-orm';
import { AppError } from '../../contracts/errors.ts';
import type { ToolCall } from '../../contracts/frame.ts';
import { type Tool, type ToolName, toolNames, tools } from '../../contracts/tools.ts';
import type { Lives } from '../agents/lives.ts';
import type { Violations } from '../agents/violations.ts';
import type { UnitOfWork, Work } from '../events/work.ts';
import { toAppError } from '../http/problem.ts';
import type { Alike, Meaning } from '../knowledge/meaning.ts';
import type { AgentCaller } from './identity.ts';
import { rule } from './permissions.ts';
import { toolCalls } from './tables.ts';
import type { Toolbox, ToolContext } from './toolbox.ts';

export interface CallRequest {
  readonly tool: string;
  readonly input: unknown;
  /** Given by the caller; the same id from the same life is the same call, however often it comes. */
  readonly callId: string | undefined;
}

export interface CallAnswer {
  readonly refused: boolean;
  /** The tool's output, or why it was refused. */
  readonly answer: unknown;
}

interface Deps {
  readonly toolbox: Toolbox;
  readonly unitOfWork: UnitOfWork;
  readonly lives: Lives;
  readonly violations: Violations;
  /** What means what an agent wants to recall. */
  readonly meaning: Pick<Meaning, 'find'>;
  /** After the call; for the dashboard and the metrics. */
  readonly onCalled: (caller: AgentCaller, call: ToolCall) => void;
}

export type ToolCaller = (caller: AgentCaller, request: CallRequest) => Promise<CallAnswer>;

/** Every call of a tool: validated, authorised, done once, recorded, in one transaction; a refusal is recorded too. */
export function createToolCaller({ toolbox, unitOfWork, lives, violations, meaning, onCalled }: Deps): ToolCaller {
  /** Before the transaction: inside it nobody may wait for a model. */
  async function foresee(caller: AgentCaller, request: CallRequest): Promise<readonly Alike[]> {
    if (request.tool !== 'recall') return [];
    checked(caller, request);
    const { query, limit } = tools.recall.input.parse(request.input ?? {});
    return meaning.find({ query, limit, reader: caller.actor.name }, caller);
  }

  async function run({ work, caller, alike }: ToolContext, request: CallRequest): Promise<CallAnswer> {
    const before = await findAnswer(work, caller, request);
    if (before) return before;
    const { name, tool, input } = checked(caller, request);
    // Toolbox pairs each name with its own input and output; the pairing is lost over a variable name.
    const act = toolbox[name] as (input: unknown, context: ToolContext) => Promise<unknown>;
    const answer = { refused: false, answer: tool.output.parse(await act(input, { caller, work, alike })) };
    await lives.note(work, caller.actor.name, { actionType: name, summary: summaryOf(name, input) });
    if (!tool.readOnly) await keepAnswer(work, caller, { ...request, ...answer });
    return answer;
  }

  async function recordRefusal(caller: AgentCaller, request: CallRequest, error: AppError): Promise<void> {
    const summary = `${request.tool.slice(0, 60)}: ${error.message}`.slice(0, 500);
    const { name: agentType } = caller.actor;
    await unitOfWork((work) =>
      error.code === 'not_allowed'
        ? violations.note(work, agentType, summary)
        : lives.note(work, agentType, { actionType: 'refused', summary }),
    );
  }

  return async (caller, request) => {
    try {
      const alike = await foresee(caller, request);
      const result = await unitOfWork((work) => run({ work, caller, alike }, request));
      onCalled(caller, { tool: request.tool, summary: summaryOf(request.tool, request.input), outcome: 'ok' });
      return result;
    } catch (thrown) {
      const error = toAppError(thrown);
      const failed = error.code === 'internal' || error.code === 'dependency_unavailable';
      onCalled(caller, {
        tool: request.tool.slice(0, 60),
        summary: error.message,
        outcome: failed ? 'failed' : 'refused',
      });
      // Not the caller's doing: it may try the same again.
      if (failed) throw thrown;
      await recordRefusal(caller, request, error);
      const { code, message: detail, issues: errors } = error;
      return { refused: true, answer: { code, detail, ...(errors.length > 0 && { errors }) } };
    }
  };
}

function checked(caller: AgentCaller, request: CallRequest): { name: ToolName; tool: Tool; input: unknown } {
  const name = toolNames.find((known) => known === request.tool);
  if (!name) throw new AppError('invalid_request', `There is no tool "${request.tool.slice(0, 60)}"`);
  const tool: Tool = tools[name];
  const parsed = tool.input.safeParse(request.input ?? {});
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const first = issues[0];
    throw new AppError('invalid_request', `${first?.path || 'the input'}: ${first?.message}`, { issues });
  }
  const ruling = rule(caller.profile.permissions, name, parsed.data);
  if (!ruling.allowed) throw new AppError('not_allowed', `${caller.actor.name} may not do this: ${ruling.because}`);
  return { name, tool, input: parsed.data };
}

async function findAnswer(
  work: Work,
  { instanceId }: AgentCaller,
  { callId }: CallRequest,
): Promise<CallAnswer | undefined> {
  if (callId === undefined) return undefined;
  const [row] = await work.tx
    .select({ refused: toolCalls.refused, answer: toolCalls.answer })
    .from(toolCalls)
    .where(and(eq(toolCalls.instanceId, instanceId), eq(toolCalls.callId, callId)));
  return row;
}

/** The primary key settles two of the same call at once: the second fails, runs again, and finds this answer. */
async function keepAnswer(work: Work, { instanceId }: AgentCaller, call: CallRequest & CallAnswer): Promise<void> {
  const { callId, answer, refused } = call;
  if (callId === undefined) return;
  await work.tx.insert(toolCalls).values({ instanceId, callId, answer, refused, createdAt: work.now });
}

const summaryLengthMax = 300;

/** For people: the call as they would say it. */
function summaryOf(name: string, input: unknown): string {
  const text = Object.entries(input ?? {})
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return `${name.slice(0, 60)}(${text})`.slice(0, summaryLengthMax);
}
