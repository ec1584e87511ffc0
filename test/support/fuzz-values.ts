import fc from 'fast-check';
import { z } from 'zod';
import { agentTypeSchema, type IdPrefix } from '../../src/contracts/primitives.ts';

/** What exists on the stage, so that generated requests find something now and then. */
export interface Known {
  readonly agents: readonly string[];
  readonly ids: Readonly<Partial<Record<IdPrefix, readonly string[]>>>;
}

/** As much of JSON Schema as zod writes for our contracts. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly description?: string;
}

export const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Schema =>
  // zod's own type of the document is wider than what it writes for a contract.
  z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Schema;

/** Words that have hurt somebody's program before. None of them looks like our insides, which no answer may show. */
const notorious = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  'NaN',
  "' OR '1'='1",
  "'; DROP TABLE tasks; --",
  '%s%n%x',
  '%00',
  '../../../../etc/passwd',
  '..\\..\\windows',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what it is to look like
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a\r\nSet-Cookie: x=y',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\u202Eevil\u202C',
  '\ufeff',
  '\uffff',
  'Z\u0351\u036b\u0343\u036a\u0302',
  '👩‍👩‍👧‍👦',
  'ﷺ'.repeat(50),
  'x'.repeat(201),
  'x'.repeat(8_001),
  'x'.repeat(20_001),
];
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...notorious) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

const nested = (levels: number, value: unknown): unknown => (levels === 0 ? value : { a: [nested(levels - 1, value)] });

/** What no field of ours expects. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 1, [], {}, [[]], [null]),
  fc.constantFrom<unknown>(nested(20, 'deep'), nested(200, 'deeper'), { length: 1 }, { toString: 'x' }, { $ne: null }),
  fc.constant<unknown>(Object.fromEntries([['__proto__', { role: 'admin' }]])),
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
);

const agentPattern = schemaOf(agentTypeSchema, 'input').pattern;

/** Values that a schema describes; its refinements (no NUL, not blank) are for the server to hold. */
export function fitting(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, type } = schema;
  const choices = anyOf ?? oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, known)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'object') return fittingObject(schema, known);
  if (type === 'array') {
    const maxLength = Math.min(schema.maxItems ?? 3, 3);
    return fc.array(fitting(schema.items ?? {}, known), { maxLength });
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') return fittingText(schema, known);
  if (type === 'integer' || type === 'number') {
    const [min, max] = [schema.minimum ?? 0, schema.maximum ?? Number.MAX_SAFE_INTEGER];
    return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  }
  return fc.jsonValue({ maxDepth: 3 });
}

function fittingObject({ properties = {}, required = [] }: Schema, known: Known): fc.Arbitrary<object> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, fitting(field, known)]));
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
}

function fittingText(schema: Schema, known: Known): fc.Arbitrary<string> {
  const { pattern, format, description = '', maxLength = 1_000 } = schema;
  const [, prefix] = /^an id that begins with (\w+)_$/.exec(description) ?? [];
  if (prefix !== undefined) {
    // The prefix comes from the contract's own list of prefixes.
    const ids = known.ids[prefix as IdPrefix] ?? [];
    return fc.oneof(fc.constantFrom(...ids, `${prefix}_01h455vb4pex5vsknk084sn02q`), hostileText);
  }
  if (pattern !== undefined && pattern === agentPattern) return fc.constantFrom(...known.agents, 'nobody', 'system');
  if (description === 'a role of the team') return fc.constantFrom(...known.agents, 'nobody');
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return hostileText.map((text) => text.slice(0, maxLength));
}

export const isEmptyObject = ({ properties = {} }: Schema): boolean => Object.keys(properties).length === 0;
