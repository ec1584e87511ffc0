import { exchange, type HttpAnswer, TemporaryError } from './http.ts';
import { isString, type JsonRecord } from './json.ts';
import { McpError, readMcpResult } from './mcp-answer.ts';
import { agentVersion } from './wire.ts';

/**
 * A session of the Model Context Protocol over streamable HTTP, as much of it as calling tools takes. The protocol's own
 * client would hold 8 MiB in every agent; the tests talk to the protocol's own server.
 */
export interface McpSession {
  /** One attempt; TemporaryError when it may be repeated, McpError when the server refuses. */
  request(method: string, params: JsonRecord, signal: AbortSignal): Promise<JsonRecord>;
  close(signal: AbortSignal): Promise<void>;
}

type SessionHeaders = Readonly<Record<string, string>>;

const protocolVersion = '2025-06-18';
/** A tool answers within a second; a gateway that is silent this long was cut off. */
const silenceMsMax = 30_000;

export interface McpSessionOptions {
  readonly url: string;
  readonly token: string;
}

export function createMcpSession(options: McpSessionOptions): McpSession {
  const nextId = countUp();
  /** Shared by calls that run at once. */
  let session: Promise<SessionHeaders> | undefined;

  const forget = (opened: Promise<SessionHeaders>) => {
    if (session === opened) session = undefined;
  };

  async function open(signal: AbortSignal): Promise<{ opened: Promise<SessionHeaders>; headers: SessionHeaders }> {
    session ??= initialize(options, nextId(), signal);
    const opened = session;
    try {
      return { opened, headers: await opened };
    } catch (error) {
      forget(opened);
      throw error;
    }
  }

  return {
    async request(method, params, signal) {
      const { opened, headers } = await open(signal);
      const id = nextId();
      const answer = await post(options, { message: { id, method, params }, headers, signal });
      if (answer.status === 404 && 'mcp-session-id' in headers) {
        // The server was restarted and has forgotten the session; the protocol asks for a new one.
        forget(opened);
        throw new TemporaryError('the tool session is gone');
      }
      return resultOf(answer, id);
    },
    async close(signal) {
      const headers = await session;
      if (!headers || !('mcp-session-id' in headers)) return;
      const { url, token } = options;
      await exchange({ method: 'DELETE', url, headers: { ...bearer(token), ...headers }, silenceMsMax, signal });
    },
  };
}

function countUp(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

async function initialize(options: McpSessionOptions, id: number, signal: AbortSignal): Promise<SessionHeaders> {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'boardroom-agent', version: agentVersion } };
  const answer = await post(options, { message: { id, method: 'initialize', params }, headers: {}, signal });
  const { protocolVersion: agreed } = resultOf(answer, id);
  const { 'mcp-session-id': sessionId } = answer.headers;
  const headers = {
    'mcp-protocol-version': isString(agreed) ? agreed : protocolVersion,
    ...(isString(sessionId) ? { 'mcp-session-id': sessionId } : {}),
  };
  const noted = await post(options, { message: { method: 'notifications/initialized' }, headers, signal });
  if (noted.status >= 400) throw refusal(noted);
  return headers;
}

interface Posting {
  readonly message: JsonRecord;
  readonly headers: SessionHeaders;
  readonly signal: AbortSignal;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const post = ({ url, token }: McpSessionOptions, { message, headers, signal }: Posting): Promise<HttpAnswer> =>
  exchange({
    method: 'POST',
    url,
    headers: {
      ...bearer(token),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    silenceMsMax,
    signal,
  });

function resultOf(answer: HttpAnswer, id: number): JsonRecord {
  if (answer.status !== 200) throw refusal(answer);
  return readMcpResult(String(answer.headers['content-type'] ?? ''), answer.body, id);
}

const refusal = ({ status, body }: HttpAnswer): McpError => new McpError(`${status}: ${body.slice(0, 500)}`);
