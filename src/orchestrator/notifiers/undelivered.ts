/** A notification did not get through. The message is for operators to read, and holds nothing secret: no URL, no answer's text. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered';
  /** Before another attempt, when the receiver said so. */
  readonly askedMs: number;

  constructor(because: string, { askedMs = 0, cause }: { askedMs?: number; cause?: unknown } = {}) {
    super(because, { cause });
    this.askedMs = askedMs;
  }
}

/** The network's own words are codes; texts of errors quote hosts and paths. */
export function becauseOf(error: unknown): string {
  if (error instanceof Undelivered) return error.message;
  const code = codeIn(error);
  if (code === undefined) return `it could not be sent (${error instanceof Error ? error.name : typeof error})`;
  return sentences[code] ?? `the connection failed (${code})`;
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the receiver refuses connections',
  ECONNRESET: 'the receiver broke off the connection',
  UND_ERR_SOCKET: 'the receiver broke off the connection',
  UND_ERR_CONNECT_TIMEOUT: 'the receiver cannot be reached in time',
  ETIMEDOUT: 'the receiver cannot be reached in time',
  EAUTH: 'the mail server does not accept the user and password',
  EENVELOPE: 'the mail server does not accept the sender or the receivers',
  ETLS: 'the mail server offers no TLS that can be trusted',
};

function codeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  return codeIn(error.cause);
}
