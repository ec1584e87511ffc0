import { z } from 'zod';

/** As profiles name it. */
export const secretNameSchema = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be a name such as GITHUB_TOKEN');

/** What agents write is masked by value: a shorter one would be found in the middle of words, and give itself away. */
export const secretCharactersMin = 8;
export const secretValueSchema = z
  .string()
  .min(secretCharactersMin)
  .max(8_192)
  .regex(/^[\x20-\x7e]*$/, 'must be printable characters on one line');

/** Between two neighbours, or the request's own frame: not a place for a secret. */
const ownHeaders = new Set(['connection', 'content-length', 'host', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** The value is the setting `secrets.<name>` or else the variable BOARDROOM_SECRET_<name>; the profile never holds it. */
export const secretSchema = z.union([
  /** Put into requests to this one host on their way; the container never holds it. */
  z.strictObject({
    name: secretNameSchema,
    domain: z
      .string()
      .max(253)
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be one host, such as api.github.com'),
    header: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .refine((header) => !ownHeaders.has(header.toLowerCase()), 'must not be a header of the connection')
      .default('Authorization'),
    /** The header's value, with {} in the place of the secret. */
    format: z
      .string()
      .max(200)
      .regex(/^[\x20-\x7e]*\{\}[\x20-\x7e]*$/, 'must contain {}')
      .default('Bearer {}'),
  }),
  /** Given to the container as a variable: the agent holds it, and so can lose it. */
  z.strictObject({
    name: secretNameSchema,
    env: secretNameSchema.refine(
      (env) => !/^(BOARDROOM_|NODE_|LD_)|^(PATH|HOME)$|_PROXY$/.test(env),
      'must not be one of ours',
    ),
  }),
]);
export type Secret = z.output<typeof secretSchema>;
