import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import { createToolCaller } from '../../src/orchestrator/gateway/tool-calls.ts';
import { createToolbox } from '../../src/orchestrator/gateway/toolbox.ts';
import { ourselves } from '../../src/orchestrator/knowledge/payer.ts';
import type { NewDocument } from '../../src/orchestrator/knowledge/service.ts';
import type { ProviderAccesses } from '../../src/orchestrator/models/providers.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { fakeClock } from './fake-clock.ts';
import { openMeaning } from './meaning.ts';
import { servicesOn } from './team-services.ts';

/** What the team knows, on a database of its own, with agents that ask by their tools. */
export async function openLibrary(given?: TestDatabase, providers: ProviderAccesses = {}) {
  const database = given ?? (await createDatabase());
  const { postgres } = database;
  const profiles = await loadProfiles('profiles', () => undefined);
  const { clock, advance } = fakeClock(Date.UTC(2030, 0, 1));
  let onDocuments: () => void = () => undefined;
  const services = servicesOn({ postgres, clock, profiles, onDocuments: () => onDocuments() });
  await services.agents.register(() => false);
  const { knowledge, unitOfWork } = services;
  const meaning = await openMeaning({ services, postgres, clock, providers });
  const call = createToolCaller({ ...services, meaning, toolbox: createToolbox(services), onCalled: () => undefined });

  return {
    url: database.url,
    postgres,
    services,
    knowledge,
    meaning,
    clock,
    advance,
    /** After each commit that wrote documents. */
    onDocuments(hint: () => void) {
      onDocuments = hint;
    },
    put: (document: Partial<NewDocument> & { source: string }) =>
      unitOfWork((work) =>
        knowledge.put(work, { kind: 'file', owner: null, title: document.source, text: '', ...document }),
      ),
    /** The sources of what an operator finds, best first. */
    find: async (query: string, limit = 20) =>
      (
        await knowledge.searchAll({ query, limit, alike: meaning.find({ query, limit, reader: null }, ourselves) })
      ).results.map(({ source }) => source),
    /** As the agent's program calls its tools. */
    async use(agentType: string, tool: string, input: object) {
      const profile = profiles.get(agentType);
      if (!profile) throw new Error(`there is no ${agentType}`);
      const actor = { name: agentType, agentId: `agt_${agentType}` };
      return call({ actor, instanceId: `ins_${agentType}`, profile }, { tool, input, callId: undefined });
    },
    count: async (table: 'documents' | 'passages' | 'events'): Promise<number> => {
      const { rows } = await postgres.db.execute<{ count: string }>(`select count(*) as count from ${table}`);
      return Number(rows[0]?.count);
    },
    clear: () => postgres.db.execute('truncate documents, passages, agent_notes, events, settings'),
    async dispose() {
      await meaning.close();
      await database.drop();
    },
  };
}

export type Library = Awaited<ReturnType<typeof openLibrary>>;
