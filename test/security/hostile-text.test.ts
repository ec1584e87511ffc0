import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitting, hostileText, isEmptyObject, type Known, type Schema, schemaOf } from '../support/fuzz-values.ts';
import { type RouteName, routeNames, rows } from '../support/http-coverage.ts';
import { openStage, type Stage } from '../support/http-stage.ts';

let stage: Stage;
let known: Known;
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

beforeAll(async () => {
  stage = await openStage();
  const { agents } = await stage.ok('listAgents');
  known = { agents: agents.map(({ type }) => type), ids: {} };
});
afterAll(() => stage.dispose());

const writing = routeNames.filter((name) => !isEmptyObject(schemaOf(rows[name].body, 'input')));

/** Something fresh for the routes that change what is there. */
async function paramsFor(name: RouteName): Promise<Record<string, string>> {
  const { path } = rows[name];
  if (path.includes(':type')) return { type: 'ceo' };
  if (path.startsWith('/tasks/')) {
    return { id: (await stage.ok('createTask', { body: { title: 'For a test', assignTo: 'ceo' } })).task.id };
  }
  if (path.startsWith('/knowledge/'))
    return { id: (await stage.ok('addNote', { body: { title: 'For a test' } })).document.id };
  if (!path.startsWith('/decisions/')) return {};
  const { id } = await stage.ok('proposeDecision', { body: { title: 'For a test' } });
  if (name === 'resolveDecision')
    await stage.ok('escalateDecision', { params: { id }, body: { reason: 'to resolve it' } });
  return { id };
}

/** Every text in a value, names of fields aside. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The fields in which anybody may write what he likes, with what was written. */
function freeTexts({ properties = {} }: Schema, body: object): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    const field = properties[name];
    const isFree = field?.type === 'string' && !field.enum && !field.pattern && !field.format;
    return isFree && typeof value === 'string' ? [value] : [];
  });
}

test.each(writing)(
  `what %s takes, it keeps word for word; what it cannot keep, it refuses (seed ${seed})`,
  async (name) => {
    const schema = schemaOf(rows[name].body, 'input');
    const body = fitting(schema, known) as fc.Arbitrary<object>;
    const property = fc.asyncProperty(body, hostileText, async (draft, text) => {
      const fields = Object.entries(draft).map(([field, value]) => {
        const { enum: choice, pattern, format, type } = schema.properties?.[field] ?? {};
        return [field, type === 'string' && !choice && !pattern && !format ? text : value];
      });
      const sent = Object.fromEntries(fields);
      const before = (await stage.ok('listEvents', { query: { limit: 1 } })).events[0]?.seq ?? 0;
      const { outcome, body: answer } = await stage.ask(name, { params: await paramsFor(name), body: sent });
      if (typeof outcome !== 'number') return;
      const { events } = await stage.ok('listEvents', { query: { after: before, limit: 200 } });
      const kept = new Set([...textsIn(answer), ...textsIn(events.map(({ payload }) => payload))]);
      for (const word of freeTexts(schema, sent)) expect(kept).toContain(word);
    });
    await fc.assert(property, { seed, numRuns: 40 });
  },
);
