import { errorCodes } from '../../src/contracts/errors.ts';
import { insides, problemSchema } from './http-problem.ts';
import type { WireAnswer } from './wire.ts';

interface Asked {
  readonly method: string;
  /** The route answers people, too: whoever accepts HTML gets its refusals as pages. */
  readonly hasPages: boolean;
}

/** What is wrong with an answer, in words; undefined when it is as the contract has it. Quick: a million are judged. */
export function complaintAbout(
  answer: WireAnswer,
  { method, hasPages }: Asked,
  secrets: readonly string[],
): string | undefined {
  const { status, headers, text } = answer;
  if (!(status >= 100 && status < 500)) return `status ${status}`;
  if (status === 101) return 'it was upgraded';
  const told = `${[...headers].join('\n')}\n${text}`;
  if (secrets.some((secret) => told.includes(secret))) return 'it tells a secret';
  if (headers.has('x-powered-by') || headers.has('server')) return 'it tells what it is made of';
  if (method === 'HEAD' || status === 204) return undefined;
  if (status < 400) return aboutSuccess(answer);
  const isPage = /^text\/html\b/.test(headers.get('content-type') ?? '');
  return hasPages && isPage ? aboutPage(answer) : aboutProblem(answer);
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no problem either: the schema says so.
    return undefined;
  }
};

const aboutSuccess = ({ headers, text }: WireAnswer): string | undefined =>
  headers.get('content-type')?.includes('json') === true && jsonOf(text) === undefined
    ? 'its JSON is malformed'
    : undefined;

function aboutProblem({ status, headers, text }: WireAnswer): string | undefined {
  if (!/^application\/problem\+json\b/.test(headers.get('content-type') ?? '')) return 'it is no problem+json';
  const parsed = problemSchema.safeParse(jsonOf(text));
  if (!parsed.success) return `it is no problem of ours: ${parsed.error.message}`;
  const { code, title, detail, errors = [] } = parsed.data;
  const own = errorCodes[code];
  if (own.status !== status || parsed.data.status !== status || own.title !== title)
    return `${code} does not go with ${status}`;
  // What is quoted is the caller's own: a key named "$0" is not one of our placeholders.
  const words = [detail, ...errors.map(({ message }) => message)].join('\n').replace(/"[^"\n]*"/g, '""');
  const sign = insides.find((inside) => inside.test(words));
  if (sign) return `it shows our insides: ${sign}`;
  const mustWait = status === 429;
  return mustWait === /^[1-9]\d*$/.test(headers.get('retry-after') ?? '') ? undefined : 'Retry-After is wrong';
}

function aboutPage({ status, headers, text }: WireAnswer): string | undefined {
  const [, title = ''] = /<h1>(.*)<\/h1>/.exec(text) ?? [];
  if (!Object.values(errorCodes).some((own) => own.status === status && own.title === title))
    return `"${title}" does not go with ${status}`;
  if (!headers.get('content-security-policy')?.includes("default-src 'none'")) return 'its page may load things';
  const sign = insides.find((inside) => inside.test(text));
  return sign && `it shows our insides: ${sign}`;
}
