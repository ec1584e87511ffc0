import { STATUS_CODES } from 'node:http';
import { AppError } from '../../contracts/errors.ts';
import { Denied } from './admission.ts';
import { explain } from './rules.ts';

/** What the proxy answers when it lets nothing through: for a program its status, for the model behind it a sentence. */
export interface Refusal {
  readonly status: number;
  readonly sentence: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Denied) return refuse(403, explain(error.host, error.denial));
  if (error instanceof AppError && error.code === 'unauthenticated')
    return refuse(407, 'Boardroom: use the proxy address of your environment, it holds your token.', {
      'Proxy-Authenticate': 'Basic realm="Boardroom"',
    });
  if (error instanceof AppError && error.code === 'rate_limited')
    return refuse(429, `Boardroom: ${error.message}.`, { 'Retry-After': String(error.retryAfterSeconds ?? 1) });
  if (error instanceof AppError) return refuse(503, 'Boardroom cannot look into its whitelist right now; try again.');
  return refuse(502, 'Boardroom let the request through, but nobody answers there.');
}

function refuse(status: number, sentence: string, more: Record<string, string> = {}): Refusal {
  const text = `${sentence}\n`;
  const length = String(Buffer.byteLength(text));
  const plain = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': length,
    Connection: 'close',
    'X-Boardroom-Refusal': '1',
  };
  return { status, sentence: text, headers: { ...plain, ...more } };
}

/** For a socket that speaks no more than this. */
export function rawResponse({ status, sentence, headers }: Refusal): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${sentence}`;
}
