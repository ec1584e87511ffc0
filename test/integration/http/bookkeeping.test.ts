import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { type ErrorCode, errorCodes } from '../../../src/contracts/errors.ts';
import { routes } from '../../../src/contracts/routes.ts';
import { bookOf, declared, guardFiles, routeNames, rows } from '../../support/http-coverage.ts';
import { shapes } from '../../support/http-shapes.ts';

// What a route declares is answered for real, or the last test of its file fails. This file sees to it that there
// is such a last test for every route and every refusal.

const files = new Map<string, string>();
beforeAll(async () => {
  for (const name of await readdir(import.meta.dirname)) {
    files.set(name, await readFile(`${import.meta.dirname}/${name}`, 'utf8'));
  }
});
const sourceOf = (file: string) => files.get(`${file}.test.ts`) ?? '';

describe('every route of the table', () => {
  it('is known to these tests, and nothing else is', () => {
    const table = Object.keys(routes);
    expect(new Set(routeNames)).toEqual(new Set(table));
    expect(new Set(Object.keys(bookOf))).toEqual(new Set(table));
    expect(new Set(Object.keys(shapes))).toEqual(new Set(table));
  });

  test.each(routeNames)('%s has a file that closes its book', (name) => {
    expect(sourceOf(bookOf[name])).toContain(`\ncloseBook('${bookOf[name]}');\n`);
  });

  test.each(routeNames)('%s has a file for each refusal that comes before its handler', (name) => {
    const guards = declared(name).filter((outcome) => outcome in guardFiles);
    expect(guards).toContain('invalid_request');
    expect(guards).toContain('foreign_origin');
    expect(guards).toContain('misdirected_request');
    if (rows[name].role !== 'public' && rows[name].role !== 'local') {
      expect(guards).toEqual(expect.arrayContaining(['unauthenticated', 'rate_limited', 'dependency_unavailable']));
    }
  });
});

test.each(Object.entries(guardFiles))('%s is proven for every route behind it in %s', (guard, file) => {
  expect(sourceOf(file)).toContain(`\ncloseGuard('${guard}');\n`);
});

describe('every code of the registry', () => {
  /** Given to agents by their tools or their model endpoint, never by a route. */
  const toAgents: readonly ErrorCode[] = [
    'budget_exhausted',
    'model_not_found',
    'model_refused',
    'model_unavailable',
    'statement_already_given',
    'statement_not_asked',
    'domain_requests_full',
    'notes_full',
    'task_claimed',
    'task_not_claimed',
    'wip_limit_reached',
  ];
  /** Given where there is no route, or where we are at fault, or where no request could be read; proven in unknown-route.test.ts. */
  const besideRoutes: readonly ErrorCode[] = ['not_found', 'internal', 'request_timeout', 'headers_too_large'];

  it('is declared by a route, or known to be none of theirs', () => {
    const given = new Set(routeNames.flatMap((name) => declared(name)));
    const codes = Object.keys(errorCodes);
    const homeless = codes.filter((code) => !([...given, ...toAgents, ...besideRoutes] as unknown[]).includes(code));
    expect(homeless).toEqual([]);
    expect([...toAgents, ...besideRoutes].filter((code) => given.has(code))).toEqual([]);
  });

  it.each(besideRoutes)('%s is proven where there is no route to declare it', (code) => {
    expect(sourceOf('unknown-route')).toContain(`'${code}'`);
  });
});
