import { expect } from 'vitest';
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../src/contracts/errors.ts';

const issue = z.strictObject({ path: z.string(), message: z.string().min(1) });

/** RFC 9457 as the contract has it. Strict: what is not listed was not meant to leave. */
export const problemSchema = z.strictObject({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.number().int(),
  detail: z.string().min(1),
  code: z.custom<ErrorCode>((code) => typeof code === 'string' && code in errorCodes, 'a code of the registry'),
  errors: z.array(issue).min(1).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What tells of our insides: stack frames, SQL, files, the database driver and its words. */
export const insides: readonly RegExp[] = [
  /\n\s*at /,
  /\bat \S+ \(/,
  /\.(?:ts|js|cjs|mjs)\b/,
  /node_modules|node:internal/,
  /\b(?:select|insert into|update|delete from|alter|create) [^.]{0,80}\b(?:from|where|values|set|table|into)\b/i,
  /\$\d\b|SQLSTATE|violates .*constraint|\b(?:relation|column|table) \S+ (?:does not exist|of relation)/i,
  /drizzle|postgres:\/\/|\bE(?:CONN[A-Z]+|NOENT|PIPE|ACCES)\b/i,
];

/** The refusal that this answer is, once it is sure that it is a proper one. */
export function problemIn(answer: { status: number; headers: Headers; text: string }): Problem {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  const problem = problemSchema.parse(JSON.parse(answer.text));
  // As a reader sees it: quotes and line ends as such, not as JSON escapes them.
  const words = [problem.detail, problem.title, ...(problem.errors ?? []).map(({ message }) => message)].join('\n');
  for (const sign of insides) expect(words).not.toMatch(sign);
  expect(words).not.toContain(process.cwd());
  const { status, title } = errorCodes[problem.code];
  expect(problem).toMatchObject({ status, title });
  expect(answer.status).toBe(status);
  const retryAfter = answer.headers.get('retry-after');
  if (status === 429 || status === 503) expect(retryAfter).toMatch(/^[1-9]\d*$/);
  else expect(retryAfter).toBeNull();
  return problem;
}
