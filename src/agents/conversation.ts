import { isRecord, parseJson } from './json.ts';
import type { AskModel, ChatMessage, ToolCall } from './model.ts';
import type { Prompt } from './prompt.ts';
import type { Toolbox } from './toolbox.ts';

export interface ConversationOptions {
  readonly prompt: Prompt;
  readonly ask: AskModel;
  readonly toolbox: Toolbox;
  /** A short line for those who watch. */
  readonly tell: (line: string) => void;
}

const roundsMax = 24;

/** Lets the model act until it answers in words; the words are the result. */
export async function converse({ prompt, ask, toolbox, tell }: ConversationOptions): Promise<string> {
  const messages: ChatMessage[] = [
    { role: 'system', content: prompt.system },
    { role: 'user', content: prompt.user },
  ];
  let lastWords = '';
  for (let round = 1; round <= roundsMax; round += 1) {
    const answer = await ask(messages, toolbox.offered);
    if (answer.calls.length === 0) return answer.text.trim() || 'The model ended its turn without a word.';
    lastWords = answer.text;
    messages.push(answer.message);
    // In order, one after the other: a model claims a task and completes it in one breath.
    for (const call of answer.calls) {
      const content = await execute(call, toolbox, tell);
      messages.push({ role: 'tool', tool_call_id: call.id, content });
    }
  }
  return `Stopped after ${roundsMax} rounds of tool calls. ${lastWords}`.trim();
}

async function execute(call: ToolCall, toolbox: Toolbox, tell: (line: string) => void): Promise<string> {
  const input = call.arguments.trim() === '' ? {} : parseJson(call.arguments);
  if (!isRecord(input)) {
    tell(`${call.name}: the arguments are no JSON object`);
    return 'The arguments of this call are not a JSON object.';
  }
  const answer = await toolbox.call(call.name, input);
  tell(answer.outcome === 'ok' ? `${call.name}: ok` : `${call.name}: refused, ${answer.text}`);
  return answer.outcome === 'ok' ? answer.text : `Refused: ${answer.text}`;
}
