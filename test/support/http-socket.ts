import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** Knocks at a WebSocket's door and hangs up: 101 when it would have been let in, else the refusal. */
export async function knock(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const asked = request(url + path, {
    headers: { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
  });
  asked.end();
  const [response] = (await Promise.race([once(asked, 'upgrade'), once(asked, 'response')])) as [IncomingMessage];
  let text = '';
  if (response.statusCode === 101) response.socket.destroy();
  else for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, headers: new Headers(flat(response.headers)), text };
}

const flat = (headers: IncomingMessage['headers']): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [name, String(value)]);
