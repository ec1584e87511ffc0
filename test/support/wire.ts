import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One connection that is kept alive, over which anything can be sent: clients of libraries are too polite to. */
export interface Wire {
  send(request: Buffer, method: string): Promise<WireAnswer>;
  close(): void;
}

/** What comes back for these bytes on a connection of their own. */
export async function sendRaw(url: string, request: string | Buffer, method = 'GET'): Promise<WireAnswer> {
  const wire = openWire(url);
  try {
    return await wire.send(typeof request === 'string' ? Buffer.from(request, 'latin1') : request, method);
  } finally {
    wire.close();
  }
}

const answerMsMax = 30_000;

export function openWire(url: string): Wire {
  const { hostname, port } = new URL(url);
  let socket: Socket | undefined;

  async function connected(): Promise<Socket> {
    if (socket && !socket.destroyed && !socket.readableEnded && socket.writable) return socket;
    socket?.destroy();
    socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    // What ends a connection is told by the answer that does not come.
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  async function attempt(request: Buffer, method: string): Promise<WireAnswer | undefined> {
    const open = await connected();
    const answer = readAnswer(open, method);
    open.write(request);
    return await answer;
  }

  return {
    async send(request, method) {
      // A server may end a connection that was idle in the moment in which we use it.
      const answer = (await attempt(request, method)) ?? (await attempt(request, method));
      if (!answer) throw new Error('the connection was ended without an answer');
      return answer;
    },
    close: () => socket?.destroy(),
  };
}

function readAnswer(socket: Socket, method: string): Promise<WireAnswer | undefined> {
  return new Promise((resolve, reject) => {
    let heard: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => finish(undefined, new Error(`no answer within ${answerMsMax} ms`)), answerMsMax);

    function finish(answer: WireAnswer | undefined, error?: Error): void {
      clearTimeout(timer);
      socket.off('data', hear);
      socket.off('close', end);
      if (error) {
        socket.destroy();
        return reject(error);
      }
      if (answer === undefined || answer.headers.get('connection') === 'close' || answer.status === 101)
        socket.destroy();
      resolve(answer);
    }

    function hear(chunk: Buffer): void {
      heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
      const answer = parseAnswer(heard, method);
      if (answer) finish(answer);
    }
    const end = () =>
      finish(undefined, heard.length === 0 ? undefined : new Error(`half an answer: ${heard.toString()}`));
    socket.on('data', hear);
    socket.on('close', end);
  });
}

/** The answer at the beginning of `bytes`, once it is whole. */
function parseAnswer(bytes: Buffer, method: string): WireAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  if (status === 100) return parseAnswer(rest, method);
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  if (method === 'HEAD' || status === 101 || status === 204 || status === 304) return { status, headers, text: '' };
  const length = Number(headers.get('content-length') ?? 0);
  if (headers.has('transfer-encoding')) throw new Error('a chunked answer, which these tests do not expect');
  return rest.length < length ? undefined : { status, headers, text: rest.toString('utf8', 0, length) };
}
