import { isIP } from 'node:net';
import { z } from 'zod';
import { agentTypeSchema } from '../contracts/primitives.ts';

// What a variable of the environment may hold.

/** Number() takes a blank for 0; nobody means that. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '', 'must be a number')
    .pipe(z.coerce.number<string>().int().min(min).max(max));
export const milliseconds = (fallback: number) => whole(1, 86_400_000).default(fallback);

export const listOf = (part: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .transform((entries) => entries.filter((entry) => entry !== ''))
    .pipe(z.array(part));

export const agentNames = z.union(
  [z.literal(['all', 'none']), agentTypeSchema],
  'each must be a role, "all" or "none"',
);
export const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'each must be an origin such as https://board.example',
  );
/** As it stands in a Host header, without a port: any port is good. */
export const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?$/i, 'each must be a host name such as board.example, without a port')
  .transform((name) => name.toLowerCase());
export const nameServer = z
  .string()
  .refine(
    (text) => isIP(text.replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3')) > 0,
    'each must be an address such as 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:5353',
  );
export const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL such as ${example}` }).optional();

/** As it stands in a header. */
export const apiKey = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be printable characters without blanks')
  .optional();
export const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `must be a URL such as ${example}` }).default(example);
