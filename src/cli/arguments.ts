import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { JsonValue } from '../contracts/primitives.ts';

/** Whole numbers from `min` to `max`; anything else is a wrong use of the command. */
export const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** How many of a list; as many as the API gives at once. */
export const limitOption = (fallback: number) =>
  new Option('-n, --limit <count>', 'how many, at most 200').default(fallback).argParser(whole(1, 200));

const secondsOf = { m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
const isUnit = (text: string): text is keyof typeof secondsOf => Object.hasOwn(secondsOf, text);

/** `90m`, `12h`, `30d` or `2w` from now, or a moment as below: what it is, once it is known what now is. ISO 8601 in UTC. */
export function momentAhead(text: string): (now: number) => string {
  const [, amount = '', unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (isUnit(unit)) return (now) => new Date(now + Number(amount) * secondsOf[unit] * 1_000).toISOString();
  const at = moment(text);
  return () => at;
}

/** A date (midnight UTC) or a moment with its zone; as ISO 8601 in UTC. */
export function moment(text: string): string {
  const isWhole = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  if (isWhole && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('It must be a date such as 2030-01-31, or a moment such as 2030-01-31T12:00:00Z.');
}

/** `queue.delay_high`: the category ends at the first dot. */
export function settingName(text: string): { category: string; key: string } {
  const [, category = '', key = ''] = /^([^.]+)\.(.+)$/.exec(text) ?? [];
  if (key !== '') return { category, key };
  throw new InvalidArgumentError('It must be a name such as queue.delay_high.');
}

/** JSON where it is JSON, else the text itself: `5000`, `true`, `{"daily":{"usd":1}}`, `agent-role`. */
export function settingValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue; // What JSON.parse gives is JSON.
  } catch (error) {
    // A bracket that does not close is a slip, not a text.
    if (/^\s*[[{"]/.test(text)) throw new InvalidArgumentError(`It looks like JSON and is none: ${String(error)}`);
    return text;
  }
}
