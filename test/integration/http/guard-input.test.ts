import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { closeGuard, guardedBy, routeNames, rows, takesBody } from '../../support/http-coverage.ts';
import {
  bodyFields,
  isChoice,
  isFreeText,
  isNumber,
  type NamedField,
  pathFields,
  queryFields,
} from '../../support/http-inputs.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.dispose());

const params = { type: 'ceo' };
const issueAt = (path: string) => expect.objectContaining({ path, message: expect.any(String) });

async function refusesBody({ route, field }: NamedField, value: unknown): Promise<void> {
  const { errors } = await stage.refusal(route, 'invalid_request', { params, body: { [field]: value } });
  expect(errors).toContainEqual(issueAt(`body.${field}`));
}

async function refusesQuery({ route, field }: NamedField, value: string | number): Promise<void> {
  const { errors } = await stage.refusal(route, 'invalid_request', { params, query: { [field]: value } });
  expect(new Set(errors?.map(({ path }) => path))).toEqual(new Set([`query.${field}`]));
}

describe('what a route does not know', () => {
  test.each(guardedBy('invalid_request'))('%s refuses in the query, and names it', async (name) => {
    const { errors } = await stage.refusal(name, 'invalid_request', { params, query: { surprise: 'x' } });
    expect(errors).toContainEqual({ path: 'query', message: expect.stringContaining('"surprise"') });
  });

  const bodied = routeNames.filter((name) => takesBody(rows[name]));
  test.each(bodied)('%s refuses in the body, and names it', async (name) => {
    const { errors } = await stage.refusal(name, 'invalid_request', { params, body: { surprise: 'x' } });
    expect(errors).toContainEqual({ path: 'body', message: expect.stringContaining('"surprise"') });
  });

  it('is refused by its name in a nested object too', async () => {
    const onApprove = [{ kind: 'create_task', task: { title: 't', assignTo: 'ceo', surprise: 'x' } }];
    const { errors } = await stage.refusal('proposeDecision', 'invalid_request', { body: { title: 't', onApprove } });
    expect(errors).toContainEqual({
      path: 'body.onApprove.0.task',
      message: expect.stringContaining('"surprise"'),
    });
  });
});

describe('in the query', () => {
  const numbers = queryFields.filter(isNumber);
  test.each(numbers)('$field of $route is a whole number within its bounds', async (field) => {
    const outside = [(field.minimum ?? 0) - 1, (field.maximum ?? 0) + 1];
    for (const value of [...outside, 'abc', '1.5', 'NaN', 'Infinity', '1;2']) await refusesQuery(field, value);
  });

  test.each(numbers)('$field of $route is not taken for a number when it is empty', async (field) => {
    await refusesQuery(field, '');
    await refusesQuery(field, ' ');
  });

  const limits = queryFields.filter(({ field }) => field === 'limit');
  it('a limit bounds every list, but for the team, which its profiles bound, the jobs, of which few are kept, and the tasks of benchmarks, which are files', () => {
    const lists = routeNames.filter((name) => name.startsWith('list') || /(?:History|Events)$/.test(name));
    const unbounded = lists.filter((name) => !limits.some(({ route }) => route === name));
    expect(unbounded).toEqual(['listAgents', 'listJobs', 'listBenchmarkTasks']);
  });

  test.each(limits)('limit of $route is 1 to 200 and never clamped', async (field) => {
    for (const value of [0, 201, -1, 'abc']) await refusesQuery(field, value);
    for (const limit of [1, 200]) {
      const { outcome } = await stage.ask(field.route, { params, query: { limit } });
      expect(outcome).not.toBe('invalid_request');
    }
  });

  test.each(queryFields.filter(isChoice))('$field of $route is one of its list', async (field) => {
    for (const value of ['', 'nonsense', 'toString', '__proto__']) await refusesQuery(field, value);
  });

  test.each(queryFields)('$field of $route may be given once', async ({ route, field }) => {
    const query = `${field}=1&${field}=2`;
    const { errors } = await stage.refusal(route, 'invalid_request', { params, query });
    expect(errors).toEqual([issueAt(`query.${field}`)]);
  });

  test.each(queryFields)('$field of $route holds no NUL', async (field) => {
    await refusesQuery(field, 'a\u0000b');
  });
});

describe('in the body', () => {
  test.each(bodyFields.filter(({ required }) => required))('$field of $route must be there', async (row) => {
    const { errors } = await stage.refusal(row.route, 'invalid_request', { params, body: {} });
    expect(errors).toContainEqual(issueAt(`body.${row.field}`));
  });

  // What may hold anything has no type in the contract; the setting it is meant for has one.
  test.each(bodyFields.filter(({ type }) => type !== undefined))(
    '$field of $route must be of its type',
    async (field) => {
      const alike = field.type === 'boolean' ? 'true' : true;
      for (const value of [isNumber(field) ? '5' : 5, alike, null, {}, field.type === 'array' ? 'text' : ['text']])
        await refusesBody(field, value);
    },
  );

  test.each(bodyFields.filter(isChoice))('$field of $route is one of its list', async (field) => {
    for (const value of ['', 'nonsense', 'toString', '__proto__']) await refusesBody(field, value);
  });

  const texts = bodyFields.filter(isFreeText);
  test.each(texts)('$field of $route holds no NUL, which Postgres cannot store', async (field) => {
    await refusesBody(field, 'a\u0000b');
  });

  test.each(texts)('$field of $route holds no half of a character', async (field) => {
    await refusesBody(field, 'a\ud800b');
  });

  test.each(texts)('$field of $route is at most $maxLength long', async (field) => {
    await refusesBody(field, 'x'.repeat((field.maxLength ?? 0) + 1));
  });

  test.each(texts.filter(({ required }) => required))('$field of $route is not blank', async (field) => {
    for (const value of ['', ' ', '\n\t']) await refusesBody(field, value);
  });

  const names = bodyFields.filter(({ pattern }) => pattern !== undefined);
  test.each(names)('$field of $route must be well-formed', async (field) => {
    for (const value of ['', ' ', '-', '../etc/passwd', 'a\u0000b', 'x'.repeat(100)]) await refusesBody(field, value);
  });
});

describe('in the path', () => {
  test.each(pathFields)('$field of $route must be well-formed', async ({ route, field, maxLength = 80 }) => {
    for (const value of ['x'.repeat(maxLength + 1), 'a\u0000b']) {
      const { errors } = await stage.refusal(route, 'invalid_request', { params: { [field]: value } });
      expect(errors).toContainEqual(issueAt(`path.${field}`));
    }
  });

  test.each(pathFields)('$field of $route must be encoded as UTF-8', async ({ route, field }) => {
    for (const value of ['%ff', '%', '%zz']) {
      const path = rows[route].path.replace(`:${field}`, value);
      await stage.refusal(route, 'invalid_request', { path });
    }
  });
});

describe('what an approval will set in motion', () => {
  const proposing = (value: unknown) => ({
    body: { title: 't', onApprove: [{ kind: 'change_setting', category: 'decisions', key: 'policy', value }] },
  });
  const invalid = (value: unknown) => stage.refusal('proposeDecision', 'invalid_request', proposing(value));
  const tier = { voters: [], informed: [], humanConfirms: false, deadline: null, atDeadline: 'approve' };
  const policyFor = (titleIncludes: string) => ({
    tiers: { operational: tier, minor: tier, major: tier, critical: tier },
    raise: [{ when: { titleIncludes }, atLeast: 'major' }],
  });

  it('is checked when it is proposed, down to the field that is wrong', async () => {
    const { errors } = await invalid({ ...policyFor('x'), raise: 'never' });
    expect(errors).toContainEqual(issueAt('value.raise'));
  });

  it.each([
    ['a NUL', 'a\u0000b'],
    ['half of a character', 'a\ud800b'],
  ])('holds no text that Postgres cannot store: %s', async (_what, titleIncludes) => {
    await invalid(policyFor(titleIncludes));
  });

  it('is refused when it is nested beyond all sense', async () => {
    const depth = 50_000;
    const value = '['.repeat(depth) + ']'.repeat(depth);
    const text = JSON.stringify(proposing('deep').body).replace('"deep"', value);
    await stage.refusal('proposeDecision', 'invalid_request', { text });
  });
});

describe('a moment', () => {
  const keyUntil = (expiresAt: string) => ({
    body: { name: `until ${expiresAt.slice(0, 4)}`, role: 'viewer', expiresAt },
  });

  it.each(['tomorrow', '2030-01-01', '2030-02-30T00:00:00Z', '2030-01-01T00:00:00', '2030-01-01T00:00:00+02:00'])(
    'must be ISO 8601 in UTC, which "%s" is not',
    async (expiresAt) => {
      const { errors } = await stage.refusal('createKey', 'invalid_request', keyUntil(expiresAt));
      expect(errors).toEqual([issueAt('body.expiresAt')]);
    },
  );

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'at the edge of the calendar is no fault of ours: %s',
    async (edge) => {
      const { outcome } = await stage.ask('createKey', keyUntil(edge));
      expect([201, 'invalid_request']).toContain(outcome);
    },
  );
});

closeGuard('invalid_request');
