import { AppError } from '../../contracts/errors.ts';

/**
 * Why an upstream gave no answer. `again`: it may give one in a moment; `elsewhere`: another model may; `no`: the request
 * itself was refused, or part of the answer is with the client already.
 */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly remedy: 'again' | 'elsewhere' | 'no';
  /** For the record: `status_429`, `timeout`, `cut`, `malformed`, … */
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    remedy: UpstreamFailure['remedy'],
    code: string,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.remedy = remedy;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The code of a request that its model's dialect has no words for. */
export const untranslatable = 'untranslatable';

/** What the agent is told. */
export function toAgentError(failure: UpstreamFailure): AppError {
  const { remedy, code, message, retryAfterMs } = failure;
  if (code === untranslatable) return new AppError('invalid_request', message, { cause: failure });
  if (remedy === 'no') return new AppError('model_refused', message, { cause: failure });
  return new AppError('model_unavailable', message, {
    cause: failure,
    retryAfterSeconds: Math.max(1, Math.ceil((retryAfterMs ?? 5_000) / 1_000)),
  });
}
