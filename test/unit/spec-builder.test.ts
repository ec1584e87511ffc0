import { expect, it } from 'vitest';
import { loadProfiles } from '../../src/orchestrator/agents/profiles.ts';
import type { Runtime } from '../../src/orchestrator/agents/runtime.ts';
import { createSpecBuilder } from '../../src/orchestrator/agents/spec.ts';

it('what a container is known by is the same, though everything is looked up anew in the middle of its making', async () => {
  const profile = (await loadProfiles('profiles', () => undefined)).get('cmo');
  if (!profile) throw new Error('the CMO is one of ours');
  let disturb = (): void => undefined;
  const runtime = {
    artifact: async () => 'sha256:1',
    async gatewayFor() {
      disturb();
      return { listenHost: '10.0.0.1', reachableHost: '10.0.0.1' };
    },
  } as unknown as Runtime; // the builder asks for no more of it
  const none = () => undefined;
  const make = () => createSpecBuilder({ runtime, gatewayPort: 1, egressPort: 2, onAddress: none, secretOf: none });
  const agent = { type: 'cmo', generation: 0 };
  const undisturbed = await make().hash(agent, profile);
  for (const disturbance of ['refresh', 'forget'] as const) {
    const specs = make();
    disturb = () => specs[disturbance]('cmo');
    expect(await specs.hash(agent, profile), disturbance).toBe(undisturbed);
  }
});
