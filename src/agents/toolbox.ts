import type { ToolInput, ToolName, ToolOutput } from '../contracts/tools.ts';
import { TemporaryError } from './http.ts';
import { isRecord, isString, type JsonRecord, parseJson } from './json.ts';
import { type Log, messageOf } from './log.ts';
import type { McpSession } from './mcp.ts';
import { McpError } from './mcp-answer.ts';
import { persist, type Turn } from './retry.ts';

export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonRecord;
}

export interface ToolAnswer {
  readonly outcome: 'ok' | 'refused';
  /** For the model to read. */
  readonly text: string;
  readonly data: unknown;
}

/** The gateway's tools for the length of one turn. */
export interface Toolbox {
  readonly offered: readonly OfferedTool[];
  /** A refusal is an answer; rejects when the turn ends before there is one. */
  call(name: string, input: JsonRecord): Promise<ToolAnswer>;
  close(): Promise<void>;
}

export interface ToolboxOptions {
  readonly session: McpSession;
  readonly turn: Turn;
  readonly log: Log;
}

/** A guard against a server whose list never ends. */
const listPagesMax = 50;
const answerCharactersMax = 60_000;
/** With the back-off between them, some 25 seconds. */
const faultsMax = 7;

export async function openToolbox({ session, turn, log }: ToolboxOptions): Promise<Toolbox> {
  const ask = (method: string, params: JsonRecord) => askPatiently({ session, turn, log }, method, params);

  async function call(name: string, input: JsonRecord): Promise<ToolAnswer> {
    // A repetition carries the same id, so that the gateway does the thing once even if our first call arrived.
    const params = { name, arguments: input, _meta: { 'boardroom/callId': turn.clock.uuid() } };
    try {
      return readToolAnswer(await ask('tools/call', params));
    } catch (error) {
      if (!(error instanceof McpError)) throw error;
      return { outcome: 'refused', text: messageOf(error), data: undefined };
    }
  }

  return {
    offered: await listTools(ask),
    call,
    async close() {
      try {
        await session.close(turn.signal);
      } catch (error) {
        log('warn', `the tool session was not closed: ${messageOf(error)}`);
      }
    },
  };
}

/** A fault of the server's own may pass (its database is being restarted) or last (a defect): tried again, but not for ever. */
function askPatiently({ session, turn }: ToolboxOptions, method: string, params: JsonRecord): Promise<JsonRecord> {
  let faults = 0;
  return persist(turn, async () => {
    try {
      return await session.request(method, params, turn.signal);
    } catch (error) {
      if (!(error instanceof McpError) || !error.isInternal || faults >= faultsMax) throw error;
      faults += 1;
      throw new TemporaryError(error.message);
    }
  });
}

async function listTools(ask: (method: string, params: JsonRecord) => Promise<JsonRecord>): Promise<OfferedTool[]> {
  const offered: OfferedTool[] = [];
  let cursor: unknown;
  for (let page = 0; page < listPagesMax; page += 1) {
    const { tools, nextCursor } = await ask('tools/list', isString(cursor) ? { cursor } : {});
    for (const { name, description, inputSchema } of recordsOf(tools)) {
      if (!isString(name) || !isRecord(inputSchema)) continue;
      offered.push({ name, description: isString(description) ? description : '', inputSchema });
    }
    cursor = nextCursor;
    if (!isString(cursor)) break;
  }
  return offered;
}

const recordsOf = (value: unknown): JsonRecord[] => (Array.isArray(value) ? value.filter(isRecord) : []);

function readToolAnswer(result: JsonRecord): ToolAnswer {
  const { content, structuredContent: structured, isError } = result;
  const words = recordsOf(content)
    .map(({ text }) => text)
    .filter(isString)
    .join('\n');
  const text = words === '' ? JSON.stringify(structured ?? {}) : words;
  return {
    outcome: isError === true ? 'refused' : 'ok',
    text: text.length > answerCharactersMax ? `${text.slice(0, answerCharactersMax)} … (cut)` : text,
    data: structured ?? parseJson(words),
  };
}

/** Calls a tool of the contract for ourselves, where a refusal means that we cannot go on. */
export async function readWith<N extends ToolName>(
  toolbox: Toolbox,
  name: N,
  input: Partial<ToolInput<N>>,
): Promise<ToolOutput<N>> {
  const answer = await toolbox.call(name, input);
  if (answer.outcome === 'refused') throw new Error(`${name}: ${answer.text}`);
  if (!isRecord(answer.data)) throw new Error(`${name} answered with something that is not an object`);
  // The gateway has checked its answer against this tool's schema; checking again would cost zod in every agent.
  return answer.data as unknown as ToolOutput<N>;
}
