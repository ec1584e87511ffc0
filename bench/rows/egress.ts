import { openOutsideWorld } from '../../test/support/outside-world.ts';
import { openPublicSite } from '../../test/support/public-site.ts';
import { openThinkingAgent } from '../parts/thinking-agent.ts';
import { startWorker } from '../parts/worker.ts';
import type { Row } from '../row.ts';

const name = 'site.test';
const load = { count: 300, atOnce: 8 };

export const egress: Row = {
  name: 'egress-connect',
  about:
    'tunnels through the egress proxy to a site outside, a TLS page each, against a bare CONNECT server on node:http',
  unit: '/s',
  better: 'higher',
  goal: { ratio: 0.9 },
  needs: ['linux', 'docker'],
  async open(bench) {
    const database = await bench.createDatabase();
    const site = await openPublicSite([name], { secure: [443], plain: [] });
    const world = await openOutsideWorld('127.0.0.1', 'unused.test');
    world.names[name] = [[site.address]];
    const agent = await openThinkingAgent(database.url, { EGRESS_DNS: world.nameServer });
    await agent.orchestrator.call('POST', '/domains/whitelist', { domain: name, category: 'api' });
    const bare = startWorker(new URL('../parts/bare-connect.worker.ts', import.meta.url));
    const visitor = startWorker(new URL('../parts/tunnels.worker.ts', import.meta.url));
    const barePort = await bare.call<number>('listen', { host: site.address, port: 443 });
    const { certificate } = site;
    const visit = { ...load, token: agent.token, authority: `${name}:443`, certificate };
    return {
      ours: () => visitor.call('visit', { ...visit, proxyPort: agent.egressPort }),
      reference: () => visitor.call('visit', { ...visit, proxyPort: barePort }),
      async close() {
        await Promise.all([bare.end(), visitor.end()]);
        await agent.close();
        world.close();
        await site.close();
        await database.drop();
      },
    };
  },
};
