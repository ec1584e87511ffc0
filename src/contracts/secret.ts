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
    /** Without a port it is for the one that the scheme has by itself: another port is another service. */
    domain: z
      .string()
      .max(259)
      .regex(
        /^[a-z0-9-]+(\.[a-z0-9-]+)+(:[1-9]\d{0,4})?$/,
        'must be one host, such as api.github.com, or a host and its port, such as wiki.example.com:8443',
      )
      .refine((domain) => Number(domain.split(':')[1] ?? 1) <= 65_535, 'must have a port of at most 65535'),
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

/** A header, and a variable, has one value: which of two it got would depend on their order here. */
export const secretsSchema = z
  .array(secretSchema)
  .max(50)
  .superRefine((secrets, context) => {
    for (const [at, secret] of secrets.entries()) {
      const rival = secrets.slice(0, at).find((earlier) => haveOnePlace(earlier, secret));
      if (rival === undefined) continue;
      const place = 'env' in secret ? `the variable ${secret.env}` : `the header ${secret.header} to ${secret.domain}`;
      const message = `${place} gets ${rival.name} already: it must have one secret, not ${secret.name} too`;
      context.addIssue({ code: 'custom', path: [at, 'env' in secret ? 'env' : 'header'], message });
    }
  });

function haveOnePlace(one: Secret, other: Secret): boolean {
  if ('env' in one || 'env' in other) return 'env' in one && 'env' in other && one.env === other.env;
  if (one.header.toLowerCase() !== other.header.toLowerCase()) return false;
  return schemes.some((scheme) => placeOf(one.domain, scheme) === placeOf(other.domain, scheme));
}

const schemes = ['https', 'http'] as const;
export type Scheme = (typeof schemes)[number];
const portsOfSchemes: Record<Scheme, number> = { https: 443, http: 80 };

/** `host:port` of what a secret is for, when it is asked for in this way. */
export const placeOf = (domain: string, scheme: Scheme): string =>
  domain.includes(':') ? domain : `${domain}:${portsOfSchemes[scheme]}`;
