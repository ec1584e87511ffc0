/** Floods of the gateway, from inside. Each function travels as text: it stands alone. */

/** Opens connections and says nothing: how many are held, and how many were hung up on. */
export async function connections(count: number): Promise<{ held: number; dropped: number }> {
  const { connect } = process.getBuiltinModule('node:net');
  const { hostname, port } = new URL(process.env['BOARDROOM_URL'] ?? '');
  let [opened, dropped] = [0, 0];
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('connect', () => {
      opened += 1;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      dropped += 1;
    });
    return socket;
  });
  // Each that opens is either kept or closed; those over the bound are closed at once.
  const deadline = performance.now() + 20_000;
  while (opened < count && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const seen = { held: sockets.filter(({ closed }) => !closed).length, dropped };
  for (const socket of sockets) socket.destroy();
  return seen;
}

/** Sends half a request on each connection, and waits: how many the gateway ends by itself. */
export async function dawdle(count: number): Promise<number> {
  const { connect } = process.getBuiltinModule('node:net');
  const { hostname, port } = new URL(process.env['BOARDROOM_URL'] ?? '');
  const ends = Array.from({ length: count }, (_, index) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\n');
      if (index % 2 === 0) socket.write(`Authorization: Bearer ${process.env['BOARDROOM_TOKEN']}\r\n`);
    });
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise<boolean>((resolve) => {
      socket.once('close', () => resolve(true));
      setTimeout(() => {
        resolve(false);
        socket.destroy();
      }, 40_000);
    });
  });
  return (await Promise.all(ends)).filter(Boolean).length;
}

export interface Requests {
  readonly path: string;
  readonly count: number;
  readonly atOnce: number;
  /** `own`: the token of this container. */
  readonly token: 'own' | string;
  readonly body: string;
}

/** Answers by status, and whether each 429 said when to come back. */
export async function request({ path, count, atOnce, token, body }: Requests) {
  const url = new URL(path, process.env['BOARDROOM_URL']);
  const secret = token === 'own' ? process.env['BOARDROOM_TOKEN'] : token;
  const headers = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const seen: Record<string, number> = {};
  const refusals = new Set<string>();
  const texts: string[] = [];
  let [sent, withoutRetryAfter] = [0, 0];
  const sender = async () => {
    while (sent < count) {
      sent += 1;
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
      const status = String(answer?.status ?? 'none');
      seen[status] = (seen[status] ?? 0) + 1;
      const text = (await answer?.text().catch(() => '')) ?? '';
      if (texts.length < 3) texts.push(text.slice(0, 1_000));
      if (answer?.status !== 429) continue;
      refusals.add((JSON.parse(text) as { detail: string }).detail.replace(/\d+ s$/, 'n s'));
      if (!/^\d+$/.test(answer.headers.get('retry-after') ?? '')) withoutRetryAfter += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return { seen, refusals: [...refusals], withoutRetryAfter, texts };
}

/** A socket of its own, with what is sent after the hello; how it was closed. */
export async function socket(frames: { text: string; count: number }): Promise<{ code: number; because: string }> {
  const url = `${process.env['BOARDROOM_URL']?.replace('http', 'ws')}/agent`;
  const headers = { authorization: `Bearer ${process.env['BOARDROOM_TOKEN']}` };
  // Node's own takes headers as well; its type, which is the browser's, does not know.
  const open = WebSocket as unknown as new (url: string, options: { headers: object }) => WebSocket;
  const client = new open(url, { headers });
  return new Promise((resolve) => {
    client.onerror = () => undefined;
    client.onclose = ({ code, reason }) => resolve({ code, because: reason });
    client.onopen = () => client.send(JSON.stringify({ type: 'hello', version: '0.1.0', loopId: null }));
    client.onmessage = () => {
      client.onmessage = null;
      for (let sent = 0; sent < frames.count; sent += 1) client.send(frames.text);
    };
  });
}

/** Sends frames that no frame handler sees: pings, or empty fragments of a message that never ends. */
export async function trickle(what: 'pings' | 'fragments', bytes: number): Promise<string> {
  const { request: ask } = process.getBuiltinModule('node:http');
  const headers = {
    authorization: `Bearer ${process.env['BOARDROOM_TOKEN']}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  return new Promise((resolve) => {
    const upgrade = ask(new URL('/agent', process.env['BOARDROOM_URL']), { headers });
    upgrade.on('upgrade', (_response, line) => {
      const mask = [0, 0, 0, 0];
      const frame = [what === 'pings' ? 0x89 : 0x00, 0x80, ...mask];
      const frames = Buffer.from(Array.from({ length: 4_000 }, () => frame).flat());
      line.on('error', () => undefined);
      line.on('close', () => resolve('ended'));
      line.resume();
      if (what === 'fragments') line.write(Buffer.from([0x01, 0x80, ...mask]));
      for (let sent = 0; sent < bytes; sent += frames.length) line.write(frames);
      // Sooner than a socket without a hello is closed.
      setTimeout(() => resolve('still open'), 6_000);
    });
    upgrade.on('error', ({ message }) => resolve(message));
    upgrade.end();
  });
}

/** Connects the socket again and again: the answers by status. */
export async function reconnect(count: number): Promise<Record<string, number>> {
  const { request: ask } = process.getBuiltinModule('node:http');
  const headers = {
    authorization: `Bearer ${process.env['BOARDROOM_TOKEN']}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  const seen: Record<string, number> = {};
  for (let made = 0; made < count; made += 1) {
    const status = await new Promise<number>((resolve) => {
      const upgrade = ask(new URL('/agent', process.env['BOARDROOM_URL']), { headers, agent: false });
      upgrade.on('upgrade', (_response, line) => {
        line.on('error', () => undefined);
        line.destroy();
        resolve(101);
      });
      upgrade.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      upgrade.on('error', () => resolve(0));
      upgrade.end();
    });
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

/** Everything at once, for as long as it is told: what the others must not notice. */
export async function everything(durationMs: number): Promise<number> {
  const { connect } = process.getBuiltinModule('node:net');
  const base = new URL(process.env['BOARDROOM_URL'] ?? '');
  const authorization = `Bearer ${process.env['BOARDROOM_TOKEN']}`;
  const end = performance.now() + durationMs;
  let attempts = 0;
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_tasks', arguments: {} } };
  const post = (path: string, headers: Record<string, string>, body: string) =>
    fetch(new URL(path, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body,
    }).then((answer) => answer.text());
  const large = JSON.stringify({ model: 'rehearsal', messages: [{ role: 'user', content: 'x'.repeat(7 << 20) }] });
  const knock = () =>
    new Promise<void>((resolve) => {
      const line = connect(Number(base.port), base.hostname, () => line.destroy());
      line.on('error', () => undefined);
      line.on('close', () => resolve());
    });
  const acts = [
    ...Array.from({ length: 12 }, () => () => post('/mcp', { authorization }, JSON.stringify(call))),
    ...Array.from({ length: 12 }, () => () => post('/mcp', { authorization: 'Bearer bra_guess' }, '{}')),
    ...Array.from({ length: 2 }, () => () => post('/llm/v1/chat/completions', { authorization }, large)),
    ...Array.from({ length: 24 }, () => knock),
  ];
  const repeat = async (act: () => Promise<unknown>) => {
    while (performance.now() < end) {
      attempts += 1;
      await act().catch(() => undefined);
    }
  };
  await Promise.all(acts.map(repeat));
  return attempts;
}

/** How long a tool call takes from here, each of them. */
export async function timeCalls(count: number): Promise<number[]> {
  const headers = {
    authorization: `Bearer ${process.env['BOARDROOM_TOKEN']}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_tasks', arguments: {} } };
  const took: number[] = [];
  for (let made = 0; made < count; made += 1) {
    const begin = performance.now();
    const answer = await fetch(new URL('/mcp', process.env['BOARDROOM_URL']), {
      method: 'POST',
      headers,
      body: JSON.stringify(call),
    });
    await answer.text();
    if (answer.status !== 200) throw new Error(`the call was answered with ${answer.status}`);
    took.push(performance.now() - begin);
  }
  return took;
}
