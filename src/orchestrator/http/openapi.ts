import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../contracts/errors.ts';
import type { Route } from '../../contracts/route.ts';

/** The route table as OpenAPI 3.1. */
export function openapiOf(routes: Record<string, Route>, info: { title: string; version: string }) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, row] of Object.entries(routes)) {
    const path = row.path.replace(/:(\w+)/g, '{$1}');
    const operations = paths[path] ?? {};
    operations[row.method] = operationOf(operationId, row);
    paths[path] = operations;
  }
  return {
    openapi: '3.1.0',
    info: {
      ...info,
      description:
        'Every route needs a key of at least the role that it names, unless it says so. Errors are problems (RFC 9457) with a code.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
    paths,
  };
}

function operationOf(operationId: string, row: Route) {
  const isPublic = row.role === 'public' || row.role === 'local';
  const contentType = row.format === 'stream' ? 'text/plain' : 'application/json';
  return {
    operationId,
    tags: [tagOf(row.path)],
    summary: row.summary,
    description: isPublic ? 'No key needed.' : `Least role: ${row.role}.`,
    ...(!isPublic && { security: [{ bearer: [] }, { apiKey: [] }] }),
    parameters: [...parametersOf(row.params, 'path'), ...parametersOf(row.query, 'query')],
    ...(row.method === 'post' && { requestBody: content(bodyTypes[row.accepts], schemaOf(row.body, 'input')) }),
    responses: {
      [row.status]: { description: 'OK', ...content(contentType, schemaOf(row.response, 'output')) },
      ...(row.lateStatus && {
        [row.lateStatus]: { description: 'Under way', ...content(contentType, schemaOf(row.response, 'output')) },
      }),
      ...problemsOf(row, isPublic),
    },
  };
}

/** `/agents/:type/start` belongs to the agents; what stands alone belongs to the system. */
const tagOf = (path: string): string => {
  const [, first = ''] = path.split('/');
  return alone.has(first) ? 'system' : first;
};

const alone = new Set(['health', 'ready', 'metrics', 'openapi.json', 'docs']);
const bodyTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

const content = (type: string, schema: unknown) => ({ content: { [type]: { schema } } });

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io, unrepresentable: 'any' });

/** What comes over the wire is text; what it stands for is told by what becomes of it. */
function parametersOf(schema: z.ZodType, place: 'path' | 'query') {
  const { properties = {} } = schemaOf(schema, 'output');
  const { required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

/** Codes that share a status share a response; each stays listed by name. */
function problemsOf(row: Route, isPublic: boolean): Record<number, unknown> {
  const always: ErrorCode[] = ['invalid_request', 'foreign_origin', 'misdirected_request'];
  if (!isPublic) always.push('unauthenticated', 'not_allowed', 'rate_limited');
  if (row.method !== 'get') always.push('payload_too_large', 'unsupported_media_type');
  const byStatus: Record<number, { description: string }> = {};
  for (const code of new Set([...always, ...row.errors, 'dependency_unavailable' as const])) {
    const { status } = errorCodes[code];
    const before = byStatus[status]?.description;
    byStatus[status] = { description: before ? `${before} | ${code}` : code };
  }
  return byStatus;
}
