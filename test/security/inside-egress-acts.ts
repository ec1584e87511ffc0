/** What a shell in an agent's container tries at the proxy. Each function travels as text: it stands alone. */

export interface Attempt {
  /** As it stands in the CONNECT line: `host:port`. */
  readonly authority: string;
  /** The name in the TLS hello; none: the host's own. */
  readonly serverName?: string;
  /** Vouches for the site. */
  readonly certificate: string;
  /** Instead of the one in the environment. */
  readonly token?: string;
  /** Instead of the one in the environment. */
  readonly proxy?: { readonly host: string; readonly port: number };
}

export interface Outcome {
  /** Of the proxy's answer; 0 when there was none. */
  readonly status: number;
  /** The proxy's words, the page, or the error. */
  readonly said: string;
}

/** One page over TLS through the proxy; `holdMs`: instead, how the open tunnel ends within that time. */
export function fetchThroughProxy(attempt: Attempt, holdMs = 0): Promise<Outcome> {
  const { request } = process.getBuiltinModule('node:http');
  const { connect } = process.getBuiltinModule('node:tls');
  const own = new URL(process.env['HTTPS_PROXY'] ?? '');
  const { host, port } = attempt.proxy ?? { host: own.hostname, port: Number(own.port) };
  const pair = `${own.username}:${attempt.token ?? own.password}`;
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: 0, said: error.message });
    const asked = request({
      host,
      port,
      method: 'CONNECT',
      path: attempt.authority,
      timeout: 20_000,
      headers: { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` },
    });
    asked.on('error', fail);
    asked.on('connect', (response, socket, head) => {
      const status = response.statusCode ?? 0;
      let said = head.toString();
      if (status !== 200) {
        socket.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
        socket.on('error', fail);
        socket.on('close', () => resolve({ status, said }));
        return;
      }
      const servername = attempt.serverName ?? attempt.authority.replace(/\.?:\d+$/, '').toLowerCase();
      const tls = connect({ socket, servername, ca: attempt.certificate });
      tls.on('error', (error) => resolve({ status, said: error.message }));
      if (holdMs > 0) {
        tls.on('secureConnect', () => {
          setTimeout(() => resolve({ status, said: 'still open' }), holdMs);
          tls.write(`GET /held HTTP/1.1\r\nHost: ${servername}\r\n\r\n`);
        });
        tls.on('close', () => resolve({ status, said: 'cut' }));
        tls.resume();
        return;
      }
      tls.on('secureConnect', () => tls.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`));
      tls.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      tls.on('close', () => resolve({ status, said }));
    });
    asked.end();
  });
}

/** Plain HTTP through the proxy: the status and the words of the answer. */
export function getThroughProxy(url: string, headers: Record<string, string> = {}): Promise<Outcome> {
  const { request } = process.getBuiltinModule('node:http');
  const own = new URL(process.env['HTTP_PROXY'] ?? '');
  const credentials = Buffer.from(`${own.username}:${own.password}`).toString('base64');
  return new Promise((resolve) => {
    const asked = request({
      host: own.hostname,
      port: own.port,
      path: url,
      timeout: 20_000,
      headers: { Host: new URL(url).host, 'Proxy-Authorization': `Basic ${credentials}`, ...headers },
    });
    asked.on('error', (error) => resolve({ status: 0, said: error.message }));
    asked.on('response', (response) => {
      let said = '';
      response.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      response.on('close', () => resolve({ status: response.statusCode ?? 0, said }));
    });
    asked.end();
  });
}

/** Asks for so many different hosts, and many times for each; the statuses that came. */
export async function manyThroughProxy(hosts: number): Promise<number[]> {
  const { request } = process.getBuiltinModule('node:http');
  const own = new URL(process.env['HTTPS_PROXY'] ?? '');
  const credentials = Buffer.from(`${own.username}:${own.password}`).toString('base64');
  const ask = (path: string) =>
    new Promise<number>((resolve) => {
      const asked = request({
        host: own.hostname,
        port: own.port,
        method: 'CONNECT',
        path,
        headers: { 'Proxy-Authorization': `Basic ${credentials}` },
      });
      asked.on('error', () => resolve(0));
      asked.on('connect', (response, socket) => {
        socket.on('error', () => undefined);
        socket.destroy();
        resolve(response.statusCode ?? 0);
      });
      asked.end();
    });
  const seen = new Set<number>();
  for (let host = 0; host < hosts; host += 1) {
    const path = `host${host}.flood.test:443`;
    for (const status of await Promise.all([ask(path), ask(path), ask(path)])) seen.add(status);
  }
  return [...seen];
}
