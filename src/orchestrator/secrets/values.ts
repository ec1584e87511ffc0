import { secretCharactersMin, secretValueSchema } from '../../contracts/secret.ts';

const prefix = 'BOARDROOM_SECRET_';

/**
 * The values of `BOARDROOM_SECRET_<name>`, by name; or a sentence about the first one that could not stand in a header. A value
 * is never part of it.
 */
export function readSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> | string {
  const secrets = new Map<string, string>();
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!name.startsWith(prefix)) continue;
    if (!secretValueSchema.safeParse(value).success)
      return `${name}: its value is not allowed: must be at least ${secretCharactersMin} printable characters on one line`;
    secrets.set(name.slice(prefix.length), value);
  }
  return secrets;
}
