import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Role, roleSchema } from '../../src/contracts/key.ts';
import { fitting, hostileText, isEmptyObject, junk, type Known, type Schema, schemaOf } from './fuzz-values.ts';
import { type RouteName, rows } from './http-coverage.ts';

/** Who calls: nobody, a stranger with a made-up key, a browser with its session, or a key of each role. */
export const fuzzRoles = ['nobody', 'stranger', 'session', ...roleSchema.options] as const;
export type FuzzRole = 'nobody' | 'stranger' | 'session' | Role;

export interface FuzzRequest {
  readonly route: RouteName;
  readonly role: FuzzRole;
  readonly method: string;
  readonly target: string;
  /** Without the credentials, which are the stage's. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

/** Requests to one route: most of them almost right, for what is plainly wrong is refused before it gets anywhere. */
export function requestsTo(route: RouteName, known: Known): fc.Arbitrary<FuzzRequest> {
  const row = rows[route];
  const usual = row.method.toUpperCase();
  return fc
    .record({
      route: fc.constant(route),
      role: fc.constantFrom(...fuzzRoles),
      method: mostly(fc.constant(usual), fc.constantFrom(...otherMethods), 15),
      target: targets(route, known),
      headers: mostly(fc.constant([]), fc.constantFrom(...oddHeaders), 8),
      ...(usual === 'GET' ? { body: mostly(fc.constant(nobody), rawBodies, 20) } : { body: bodies(route, known) }),
    })
    .map(({ body, headers, ...rest }) => ({ ...rest, headers: [...headers, ...body.headers], body: body.bytes }));
}

/** The odd one once in so many. */
const mostly = <A, B>(usual: fc.Arbitrary<A>, odd: fc.Arbitrary<B>, oneIn: number): fc.Arbitrary<A | B> =>
  fc.oneof({ weight: oneIn - 1, arbitrary: usual }, { weight: 1, arbitrary: odd });

const otherMethods = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'FOO'];

type Headers = FuzzRequest['headers'];
const oddHeaders: Headers[] = [
  [['Host', 'evil.example']],
  [['Host', '']],
  [['Host', 'a b']],
  [['Origin', 'https://evil.example']],
  [['Origin', 'null']],
  [['Sec-Fetch-Site', 'cross-site']],
  [['X-Request-Id', '<script>']],
  [['X-Request-Id', 'x'.repeat(5_000)]],
  [['X-Long', 'x'.repeat(20_000)]],
  [['Cookie', `boardroom_session=${'%'.repeat(50)}; a=%ff; __proto__=x`]],
  [['Authorization', 'Bearer']],
  [['Authorization', `Bearer ${'x'.repeat(4_000)}`]],
  [['Expect', '100-continue']],
  [['Expect', 'a miracle']],
  [['X-Forwarded-For', "127.0.0.1', '"]],
  [['Transfer-Encoding', 'chunked, identity']],
  [['Content-Length', '-1']],
  [
    ['Accept', 'text/html'],
    ['Accept-Encoding', 'br;q=nonsense'],
  ],
  [
    ['Range', 'bytes=0-1'],
    ['If-None-Match', '*'],
  ],
  [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
  ],
  [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'h2c'],
  ],
];

interface Body {
  readonly bytes: Buffer | undefined;
  readonly headers: Headers;
}
const nobody: Body = { bytes: undefined, headers: [] };
const json: Headers = [['Content-Type', 'application/json']];
const otherTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json;;;',
  'application/JSON-seq',
  '*/*',
  '',
];

function bodies(route: RouteName, known: Known): fc.Arbitrary<Body> {
  const schema = schemaOf(rows[route].body, 'input');
  const valid = fitting(schema, known);
  const written = fc
    .oneof({ weight: 2, arbitrary: valid }, { weight: 3, arbitrary: spoilt(valid, schema) })
    .map((value) => Buffer.from(JSON.stringify(value)));
  const typed = mostly(
    fc.constant(json),
    fc.constantFrom(...otherTypes).map((type): Headers => [['Content-Type', type]]),
    12,
  );
  const sound = fc.tuple(written, typed).map(([bytes, headers]) => ({ bytes, headers }));
  // What takes no body is mostly called without one.
  const nothing = { weight: isEmptyObject(schema) ? 4 : 1, arbitrary: fc.constant(nobody) };
  return fc.oneof({ weight: 8, arbitrary: sound }, nothing, { weight: 2, arbitrary: rawBodies });
}

/** A value with one or more things wrong: a field replaced, left out, or there though nobody knows it. */
function spoilt(valid: fc.Arbitrary<unknown>, { properties = {} }: Schema): fc.Arbitrary<unknown> {
  const names = [...Object.keys(properties), '__proto__', 'constructor', 'surprise', ''];
  const fault = fc.record({ name: fc.constantFrom(...names), value: fc.option(junk, { freq: 5, nil: undefined }) });
  return fc.oneof(
    { weight: 1, arbitrary: junk },
    {
      weight: 6,
      arbitrary: fc.tuple(valid, fc.array(fault, { minLength: 1, maxLength: 3 })).map(([value, faults]) => {
        const wrong = faults.map(({ name, value: other }) => [name, other]);
        // fromEntries makes an own field of `__proto__`, as JSON.parse does.
        return Object.fromEntries([...Object.entries(value ?? {}), ...wrong]);
      }),
    },
  );
}

const raw = (text: string | Buffer, headers: Headers = json): Body => ({ bytes: Buffer.from(text), headers });
const bomb = gzipSync('x'.repeat(3_000_000));
const rawBodies: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...['', '{', 'null', '[]', '5', '"x"', '{"a":1}}', "{'a':1}", '\u0000', '\ufeff{}', '{"a":1,"a":2}', 'NaN'].map(
        (text) => raw(text),
      ),
      raw('['.repeat(50_000)),
      raw('[1,'.repeat(9_000) + ']'.repeat(9_000)),
      raw('['.repeat(50_000) + ']'.repeat(50_000)),
      raw(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
      raw(`{"title":1e400,"a":${'9'.repeat(5_000)},"b":-0,"c":1E-999}`),
      raw('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}}}'),
      raw(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d])),
      raw('title=x&assignTo=ceo', [['Content-Type', 'application/x-www-form-urlencoded']]),
      raw(bomb, [...json, ['Content-Encoding', 'gzip']]),
      raw('{}', [...json, ['Content-Encoding', 'gzip']]),
      raw('{}', [...json, ['Content-Encoding', 'nonsense']]),
    ),
  },
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => raw(Buffer.from(bytes))) },
  { weight: 1, arbitrary: fc.constant(raw(`{"title":"${'x'.repeat(257 * 1_024)}"}`)) },
);

function targets(route: RouteName, known: Known): fc.Arbitrary<string> {
  const row = rows[route];
  const params = schemaOf(row.params, 'input');
  const odd = fc.oneof(
    hostileText.map(percent),
    fc.constantFrom('%', '%ff', '%c0%80', '%2e%2e', '..', '\xff', 'x'.repeat(3_000)),
  );
  const param = (name: string) => {
    const own = fitting(params.properties?.[name] ?? {}, known).map((value) => percent(String(value)));
    // What starts processes is tried with unknown roles alone: a thousand starts would test the machine, not the door.
    const usual = row.lateStatus === undefined ? own : fc.constantFrom('nobody', 'Ceo', 'ceo%20');
    return mostly(usual, odd, 4);
  };
  const parts = row.path.split('/').map((part) => (part.startsWith(':') ? param(part.slice(1)) : fc.constant(part)));
  return fc.tuple(fc.tuple(...parts), queries(schemaOf(row.query, 'output'), known)).map(([path, query]) => {
    return path.join('/') + (query === '' ? '' : `?${query}`);
  });
}

const numbers = ['-1', '0', '201', '1e309', '9'.repeat(400), '', '%20', '0x10', '1.5', '+5', 'NaN', '-0', '٣'];
const oddQueries = [
  '__proto__[x]=1',
  'constructor=1',
  '%00=%00',
  '%ff=%ff',
  'a[b][c]=1',
  '=',
  '&&&',
  '%',
  'limit',
  'limit[]=5',
];

function queries(schema: Schema, known: Known): fc.Arbitrary<string> {
  const fields = Object.entries(schema.properties ?? {});
  const value = (field: Schema) => {
    const own = fitting(field, known).map((found) => percent(textOf(found)));
    return fc.oneof(
      { weight: 6, arbitrary: own },
      { weight: 2, arbitrary: fc.constantFrom(...numbers.map(percent)) },
      {
        weight: 1,
        arbitrary: hostileText.map(percent),
      },
    );
  };
  const pairs = fields.map(([name, field]) =>
    fc.option(
      value(field).map((text) => `${name}=${text}`),
      { freq: 2, nil: '' },
    ),
  );
  const asked = fc.tuple(...pairs).map((texts) => texts.filter((text) => text !== '').join('&'));
  const extra = mostly(fc.constant(''), fc.constantFrom('surprise=1', ...oddQueries), 6);
  return fc.tuple(asked, extra).map((texts) => texts.filter((text) => text !== '').join('&'));
}

/** As encodeURIComponent, which refuses half of a character; nothing that generates may throw. */
const percent = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** As it stands in a query; what has no text of its own (an object without a prototype, say) as JSON. */
const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
