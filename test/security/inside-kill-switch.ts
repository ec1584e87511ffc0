import { expect, it } from 'vitest';
import { docker } from '../support/docker.ts';
import { portOf } from '../support/egress-stage.ts';
import { eventually } from '../support/eventually.ts';
import { type InsideStage, runInside, team } from '../support/inside-stage.ts';
import { fetchThroughProxy } from './inside-egress-acts.ts';

/** An agent that will not go: it holds a tunnel open, and its main process hears no signal. */
export function describeKillSwitch(stage: () => InsideStage): void {
  const api = (path: string) => stage().call('POST', `/agents/${path}`);

  it.each([
    ['pausing it', 'cmo/pause', 'cmo/start'],
    ['stopping it', 'cmo/stop', 'cmo/start'],
    ['stopping all', 'stop-all', 'start-all'],
  ])('%s ends its container and its tunnel', async (_what, stop, start) => {
    const { site } = stage().world;
    const containerId = await stage().containerOf('cmo');
    site.seen.length = 0;
    const attempt = { authority: `${site.name}:${portOf(site.secure)}`, certificate: site.certificate };
    await stage().call('POST', '/domains/whitelist', { body: { domain: site.name, category: 'internal' } });
    const tunnel = runInside(containerId, fetchThroughProxy, attempt, 30_000).catch(() => 'ended with its container');
    await eventually(() => site.seen.find(({ url }) => url === '/held'), { what: 'the open tunnel' });
    await docker.getContainer(containerId).kill({ signal: 'SIGSTOP' });

    const began = performance.now();
    expect((await api(stop)).status).toBe(200);
    console.log(`${stop}: confirmed after ${Math.round(performance.now() - began)} ms`);
    expect(await tunnel).not.toMatchObject({ said: 'still open' });
    const isGone = () =>
      docker
        .getContainer(containerId)
        .inspect()
        .then(
          () => undefined,
          ({ statusCode }: { statusCode: number }) => statusCode === 404 || undefined,
        );
    await eventually(isGone, { what: 'the removal of the container' });

    await api(start);
    for (const agentType of team) await stage().containerOf(agentType);
    expect(await stage().containerOf('cmo')).not.toBe(containerId);
  });
}
