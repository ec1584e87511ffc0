import { isRecord, isString, type JsonRecord, parseJson } from './json.ts';

/** The code JSON-RPC gives to it. */
const internalError = -32_603;

/** The server has answered, but not with a result. */
export class McpError extends Error {
  override readonly name = 'McpError';
  /** True when the fault is the server's own, so that another attempt may succeed. */
  readonly isInternal: boolean;
  constructor(message: string, code?: unknown) {
    super(message);
    this.isInternal = code === internalError;
  }
}

/**
 * The result of request `id` out of a body of either kind the transport allows: one JSON message, or a stream of
 * server-sent events that may carry notifications besides the answer.
 */
export function readMcpResult(contentType: string, body: string, id: number): JsonRecord {
  const messages = contentType.startsWith('text/event-stream')
    ? eventData(body).map(parseJson)
    : [parseJson(body)].flat();
  const answer = messages.filter(isRecord).find((message) => isAnswerTo(message, id));
  if (!answer) throw new McpError(`no answer in ${body.slice(0, 200) || 'an empty body'}`);
  const { error, result } = answer;
  if (isRecord(error)) throw new McpError(wordsOf(error), error['code']);
  if (!isRecord(result)) throw new McpError('the answer has no result');
  return result;
}

const isAnswerTo = ({ id, method }: JsonRecord, wanted: number): boolean => id === wanted && method === undefined;

const wordsOf = (error: JsonRecord): string => {
  const { message } = error;
  return isString(message) ? message : JSON.stringify(error);
};

/** The data of each event; an event ends with a blank line, its data may span several lines. */
function eventData(body: string): string[] {
  return body
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((event) =>
      event
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
}
