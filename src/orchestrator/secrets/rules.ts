import { placeOf, type Scheme, type Secret } from '../../contracts/secret.ts';

/** What a request to a host is given of a role's secrets. */
export type Injection =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly name: string };

/** Where a request is going. */
export interface Destination {
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
}

export type SecretOf = (name: string) => string | undefined;

/** For this very host and port: a subdomain is another house, and another port another service in it. A missing one stops the request, which would fail there in other words. */
export function injectionFor(secrets: readonly Secret[], to: Destination, secretOf: SecretOf): Injection {
  const place = `${to.host}:${to.port}`;
  const headers: Record<string, string> = {};
  for (const secret of secrets) {
    if (!('domain' in secret) || placeOf(secret.domain, to.scheme) !== place) continue;
    const value = secretOf(secret.name);
    if (value === undefined) return { kind: 'missing', name: secret.name };
    headers[secret.header.toLowerCase()] = secret.format.replaceAll('{}', () => value);
  }
  return { kind: 'headers', headers };
}

/** The variables that the role's container is given. */
export const variablesFor = (secrets: readonly Secret[], secretOf: SecretOf): Record<string, string> =>
  Object.fromEntries(
    secrets.flatMap((secret) => {
      const value = 'env' in secret ? secretOf(secret.name) : undefined;
      return 'env' in secret && value !== undefined ? [[secret.env, value]] : [];
    }),
  );

export const missingOf = (secrets: readonly Secret[], secretOf: SecretOf): readonly string[] =>
  secrets.map(({ name }) => name).filter((name) => secretOf(name) === undefined);

/** What an agent says of itself, without what it was given to keep. */
export function masked(text: string, secrets: readonly Secret[], secretOf: SecretOf): string {
  return secrets.reduce((shown, { name }) => {
    const value = secretOf(name);
    return value === undefined ? shown : shown.replaceAll(value, `[${name}]`);
  }, text);
}
