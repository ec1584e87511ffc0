const prefix = 'BOARDROOM_SECRET_';
/** What agents write is masked by value: a shorter one would be found in the middle of words, and give itself away. */
const charactersMin = 8;

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
    if (!/^[\x20-\x7e]+$/.test(value) || value.length < charactersMin)
      return `${name}: its value is not allowed: must be at least ${charactersMin} printable characters on one line`;
    secrets.set(name.slice(prefix.length), value);
  }
  return secrets;
}
