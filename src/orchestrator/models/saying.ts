import { isJson, recordOf, textOf } from './dialects/stream.ts';
import type { Provider } from './providers.ts';

const lengthMax = 500;

/** What a provider says is wrong, in either dialect; else the text as it is. */
export function sayingOf(text: string): string {
  return (messageOf(text) ?? text).slice(0, lengthMax);
}

/** The message of an error, where the text is one. */
export function messageOf(text: string): string | undefined {
  try {
    const { error } = recordOf(JSON.parse(text));
    return isJson(error) ? textOf(error['message']) : undefined;
  } catch {
    return undefined;
  }
}

/** Some quote the credentials they were sent. */
export const concealed = (text: string, sent: Provider['headers']): string =>
  Object.values(sent)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((secret) => secret !== '')
    .reduce((told, secret) => told.replaceAll(secret, '…'), text);
