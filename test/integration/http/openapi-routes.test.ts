import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { errorCodes } from '../../../src/contracts/errors.ts';
import {
  closeBook,
  declared,
  isKeyed,
  type Outcome,
  type RouteName,
  routeNames,
  rows,
} from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
let paths: Awaited<ReturnType<typeof stage.ok<'getOpenapi'>>>['paths'];
beforeAll(async () => {
  stage = await openStage();
  ({ paths } = await stage.ok('getOpenapi', { key: null }));
});
afterAll(() => stage.dispose());

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  parameters: z.array(
    z.looseObject({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean(), schema: z.unknown() }),
  ),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});

/** What the document says of a route, found by its path and method alone. */
function operationOf(name: RouteName) {
  const { path, method } = rows[name];
  return operationSchema.parse(paths[path.replace(/:(\w+)/g, '{$1}')]?.[method]);
}

describe('/docs', () => {
  it('needs no key, and asks nobody but this server for anything', async () => {
    const { text, headers } = await stage.ask('getDocs', { key: null });
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    const asked = [...text.matchAll(/(?:src|href|url)="([^"]*)"/g)].map(([, address]) => address);
    expect(asked).toEqual(['data:,', '/docs/explorer', '/openapi.json', '/', '/openapi.json']);
    expect((await stage.ask('getDocsScript', { key: null })).headers.get('content-type')).toContain('javascript');
  });
});

describe('/openapi.json', () => {
  test.each(routeNames)('lists %s with its parameters', (name) => {
    const { path } = rows[name];
    const { operationId, parameters } = operationOf(name);
    expect(operationId).toBe(name);
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    expect(inPath).toEqual([...path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter));
    const { properties = {} } = z.toJSONSchema(rows[name].query, { io: 'input', unrepresentable: 'any' });
    const inQuery = parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);
    expect(inQuery).toEqual(Object.keys(properties));
  });

  test.each(routeNames)('lists for %s its usual answer and every refusal of its row', (name) => {
    const { responses } = operationOf(name);
    expect(responses).toHaveProperty(String(rows[name].status));
    for (const code of rows[name].errors) {
      expect(responses[errorCodes[code].status]?.description).toContain(code);
    }
  });

  const unlisted = (name: RouteName, outcomes: readonly Outcome[]) => {
    const { responses } = operationOf(name);
    const statuses = outcomes.map((outcome) => (typeof outcome === 'number' ? outcome : errorCodes[outcome].status));
    return [...new Set(statuses)].filter((status) => !(status in responses)).map((status) => `${name} ${status}`);
  };

  it('lists for every route each status it answers with when it does what it is for, 202 among them', () => {
    const successes = (name: RouteName) => declared(name).filter((outcome) => typeof outcome === 'number');
    expect(routeNames.flatMap((name) => unlisted(name, successes(name)))).toEqual([]);
  });

  it('lists for every route each status it refuses with, those of the doors before it among them', () => {
    const refusals = (name: RouteName) => declared(name).filter((outcome) => typeof outcome === 'string');
    expect(routeNames.flatMap((name) => unlisted(name, refusals(name)))).toEqual([]);
  });

  test.each(routeNames)('tells whether %s needs a key', (name) => {
    const { security } = operationOf(name);
    if (isKeyed(rows[name])) expect(security).toEqual([{ bearer: [] }, { apiKey: [] }]);
    else expect(security).toBeUndefined();
  });

  it('lists nothing that is not there', () => {
    const listed = Object.values(paths).flatMap((operations) => Object.values(operations));
    expect(new Set(listed.map(({ operationId }) => operationId))).toEqual(new Set(routeNames));
  });
});

closeBook('openapi-routes');
