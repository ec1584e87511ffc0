/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it, in one sentence; undefined when all is well. */
  readonly mend: string | undefined;
}

export const ok = (name: string, detail: string): Finding => ({ name, level: 'ok', detail, mend: undefined });
export const warn = (name: string, detail: string, mend: string): Finding => ({ name, level: 'warn', detail, mend });
export const fail = (name: string, detail: string, mend: string): Finding => ({ name, level: 'fail', detail, mend });

/** For each attempt: what answers at all answers sooner. */
export const answerMsMax = 5_000;

/** Why something did not work, in a few words. Several addresses of one host fail with one error that has no words of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message !== '' ? error.message : 'code' in error ? String(error.code) : error.name;
}
