import { z } from 'zod';
import { focusSchema } from '../../contracts/focus.ts';
import { wakeSchema } from '../../contracts/gateway.ts';
import { type ToolName, tools } from '../../contracts/tools.ts';
import { type ChatRequest, textOf } from './chat.ts';

const whySchema = z.object({
  wakes: z.array(wakeSchema),
  initiative: z.boolean(),
  focus: focusSchema.optional(),
});

/** The headings of the built-in agent's prompt, each with the shape of the JSON below it. */
const sections = {
  why: { heading: 'Why you were woken', schema: whySchema },
  inbox: { heading: 'Inbox', schema: tools.read_inbox.output },
  decisions: { heading: 'Decisions waiting for you', schema: tools.list_decisions.output },
  tasks: { heading: 'Your tasks', schema: tools.list_tasks.output },
  notes: { heading: 'Notes', schema: tools.recall.output },
} as const;

/** A call made earlier in this conversation, with what came of it. */
export interface PastCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly outcome: 'ok' | 'refused';
  readonly text: string;
  /** The answer's JSON; undefined when it was none. */
  readonly data: unknown;
}

/** All the rehearsal knows: it has no memory besides the conversation. */
export interface Situation {
  readonly role: string;
  readonly initiative: boolean;
  /** 0 to 100; 50 leans to no side. */
  readonly riskTolerance: number;
  readonly messages: z.output<typeof tools.read_inbox.output>['messages'];
  readonly decisions: z.output<typeof tools.list_decisions.output>['decisions'];
  readonly tasks: z.output<typeof tools.list_tasks.output>['tasks'];
  readonly notes: z.output<typeof tools.recall.output>['notes'];
  /** Sections whose data could not be read. */
  readonly unreadable: readonly string[];
  readonly past: readonly PastCall[];
  /** The parameters' schema of each offered tool. */
  readonly offered: ReadonlyMap<string, unknown>;
}

export const offers = ({ offered }: Situation, name: ToolName): boolean => offered.has(name);

/** Undefined when the conversation is none of the built-in agent's turns. */
export function readSituation(request: ChatRequest): Situation | undefined {
  const blocks = new Map<string, unknown>();
  for (const { role, content } of request.messages) {
    if (role === 'user') for (const [heading, data] of jsonBlocks(textOf(content))) blocks.set(heading, data);
  }
  if (!blocks.has(sections.why.heading)) return undefined;

  const unreadable: string[] = [];
  const read = <S extends z.ZodType>({ heading, schema }: { heading: string; schema: S }): z.output<S> | undefined => {
    const parsed = schema.safeParse(blocks.get(heading));
    if (!parsed.success) unreadable.push(heading);
    return parsed.data;
  };
  const why = read(sections.why);
  return {
    role: roleIn(request),
    initiative: why?.initiative ?? false,
    riskTolerance: why?.focus?.riskTolerance ?? 50,
    messages: read(sections.inbox)?.messages ?? [],
    decisions: read(sections.decisions)?.decisions ?? [],
    tasks: read(sections.tasks)?.tasks ?? [],
    notes: read(sections.notes)?.notes ?? [],
    unreadable,
    past: pastCalls(request),
    offered: offeredTools(request),
  };
}

/** The first line `Role: <type>` of the system message. */
function roleIn({ messages }: ChatRequest): string {
  const system = messages.find(({ role }) => role === 'system' || role === 'developer');
  return /^Role: ([a-z][a-z0-9-]*)$/m.exec(textOf(system?.content))?.[1] ?? 'agent';
}

/** The first JSON fence below each heading. Only lines that begin with the marks count, so quoted text cannot forge one. */
function jsonBlocks(text: string): Map<string, unknown> {
  const found = new Map<string, unknown>();
  let heading = '';
  let fence: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line === '```' && fence) {
      if (!found.has(heading)) found.set(heading, parseJson(fence.join('\n')));
      fence = undefined;
    } else if (fence) fence.push(line);
    else if (line === '```json') fence = [];
    else if (line.startsWith('## ')) heading = line.slice('## '.length).trim();
  }
  return found;
}

function pastCalls({ messages }: ChatRequest): PastCall[] {
  const answers = new Map(
    messages.flatMap(({ role, tool_call_id, content }) =>
      role === 'tool' && tool_call_id ? [[tool_call_id, textOf(content)] as const] : [],
    ),
  );
  return messages
    .flatMap(({ tool_calls }) => tool_calls ?? [])
    .map(({ id, function: { name, arguments: input } }) => {
      const text = answers.get(id) ?? 'no answer';
      const data = objectSchema.safeParse(parseJson(text)).data;
      const outcome = data && !isRefusal(data) ? 'ok' : 'refused';
      return { name, input: objectSchema.safeParse(parseJson(input)).data ?? {}, outcome, text, data };
    });
}

function offeredTools({ tools: list, tool_choice }: ChatRequest): Map<string, unknown> {
  if (tool_choice === 'none') return new Map();
  return new Map((list ?? []).flatMap(({ function: tool }) => (tool ? [[tool.name, tool.parameters] as const] : [])));
}

/** As tools refuse here, and as most do elsewhere. */
const isRefusal = (data: Readonly<Record<string, unknown>>): boolean =>
  'error' in data || ('code' in data && 'detail' in data);

const objectSchema = z.record(z.string(), z.unknown());

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
