import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createFrameWriter, textFrame } from '../../src/orchestrator/events/wire.ts';

const http = createServer();
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let url = '';

beforeAll(async () => {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterAll(() => {
  for (const client of server.clients) client.terminate();
  http.close();
});

/** What a client hears, up to the word `end`, of what `say` is told to say. */
async function heard(say: (client: WebSocket, socket: Duplex) => void): Promise<string[]> {
  http.once('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    server.handleUpgrade(request, socket, head, (client) => say(client, socket)),
  );
  const texts: string[] = [];
  const client = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('message', (data) => (String(data) === 'end' ? resolve() : texts.push(String(data))));
  });
  client.terminate();
  return texts;
}

describe('a frame made by hand', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i characters is what a client of ws takes it for',
    async (length) => {
      const text = 'x'.repeat(length);
      const say = (_client: WebSocket, socket: Duplex) => {
        const write = createFrameWriter(socket);
        write(textFrame(text));
        write(textFrame('end'));
      };
      expect(await heard(say)).toEqual([text]);
    },
  );

  it('is measured in bytes, not in characters', async () => {
    const text = '€'.repeat(100);
    const say = (_client: WebSocket, socket: Duplex) => {
      for (const word of [text, 'end']) createFrameWriter(socket)(textFrame(word));
    };
    expect(await heard(say)).toEqual([text]);
  });

  it('keeps its place among the frames of ws itself, pings included, however much goes out in one turn', async () => {
    const words = Array.from({ length: 2_000 }, (_, at) => `${at} ${'x'.repeat(at % 300)}`);
    const say = (client: WebSocket, socket: Duplex) => {
      const write = createFrameWriter(socket);
      words.forEach((word, at) => {
        if (at % 100 === 0) client.ping();
        if (at % 3 === 0) client.send(word);
        else write(textFrame(word));
      });
      write(textFrame('end'));
    };
    expect(await heard(say)).toEqual(words);
  });

  it('tells when it is on its way', async () => {
    let sent = 0;
    const say = (_client: WebSocket, socket: Duplex) => {
      const write = createFrameWriter(socket);
      write(textFrame('first'), () => {
        sent += 1;
        write(textFrame('end'));
      });
    };
    expect(await heard(say)).toEqual(['first']);
    expect(sent).toBe(1);
  });
});
