import { once } from 'node:events';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { agentName, labels } from '../../src/orchestrator/platform/docker-names.ts';
import { runtimeSubject } from '../contract/runtime-subject.ts';
import { describeDocker, docker, standInImage } from '../support/docker.ts';
import { eventually } from '../support/eventually.ts';
import { instance } from '../support/stand-in.ts';
import { type DockerRuntimeUnderTest, makeDockerRuntime, testSubnets } from './docker-subject.ts';

let under: DockerRuntimeUnderTest;
const subjectOfTeam = () =>
  runtimeSubject(async () => {
    under = await makeDockerRuntime();
    return under;
  });

/** A container outside of our networks; stands for the world, or for an orchestrator in a container. */
async function bystander(act: string, ours: Record<string, string> = {}) {
  const container = await docker.createContainer({
    Image: await standInImage(),
    Env: [`ACT=${act}`],
    Labels: { [labels.team]: under.teamId, ...ours },
  });
  await container.start();
  return container;
}

const addressOf = async (containerId: string, network: string) => {
  const { NetworkSettings } = await docker.getContainer(containerId).inspect();
  return NetworkSettings.Networks[network]?.IPAddress;
};

const says = (subject: ReturnType<typeof subjectOfTeam>, containerId: string, words: RegExp) =>
  eventually(async () => words.exec(await subject.logOf(containerId))?.[0], { what: `saying ${words}` });

describeDocker('docker runtime: networks: reach', () => {
  const subject = subjectOfTeam();

  test('an agent cannot reach the world, though others on this machine can', async ({ skip }) => {
    const free = await bystander('connect:1.1.1.1/443');
    const answer = await says(subject, free.id, /connected|no way.*/);
    skip(answer !== 'connected', 'this machine itself cannot reach the world');
    const agent = await subject.running(instance('connect:1.1.1.1/443'));
    expect(await says(subject, agent, /connected|no way.*/)).toMatch(/no way/);
  });

  test('an agent cannot reach a container outside of its network, though others can reach the same place', async () => {
    const world = await bystander('serve:7000');
    const place = `${await addressOf(world.id, 'bridge')}/7000`;
    const free = await bystander(`connect:${place}`);
    await says(subject, free.id, /connected/);
    const agent = await subject.running(instance(`connect:${place}`));
    expect(await says(subject, agent, /connected|no way.*/)).toMatch(/no way/);
  });

  test('an agent cannot reach another agent', async () => {
    const server = await subject.running(instance('serve:7000'));
    const place = `${await addressOf(server, agentName(under.teamId, 'ceo'))}/7000`;
    const agent = await subject.running(instance(`connect:${place}`, { agentType: 'cto' }));
    expect(await says(subject, agent, /connected|no way.*/)).toMatch(/no way/);
  });

  test('an agent reaches the gateway at the address that was given for it', async () => {
    const { listenHost, reachableHost } = await subject.runtime.gatewayFor('ceo');
    const gateway = createServer((socket) => socket.destroy()).listen(0, listenHost);
    onTestFinished(() => void gateway.close());
    await once(gateway, 'listening');
    const { port } = gateway.address() as { port: number };
    const agent = await subject.running(instance(`connect:${reachableHost}/${port}`));
    await says(subject, agent, /connected/);
  });
});

describeDocker('docker runtime: networks: making', () => {
  const subject = subjectOfTeam();
  const inspect = (agentType: string) => docker.getNetwork(agentName(under.teamId, agentType)).inspect();

  test('each agent has an internal network of its own, a /29 with the gateway at its first address', async () => {
    const { listenHost } = await subject.runtime.gatewayFor('ceo');
    const { Internal, Driver, Labels, IPAM } = await inspect('ceo');
    expect({ Internal, Driver }).toEqual({ Internal: true, Driver: 'bridge' });
    expect(Labels).toEqual({ [labels.team]: under.teamId, [labels.agent]: 'ceo' });
    const [{ Subnet = '', Gateway } = {}] = IPAM?.Config ?? [];
    const [prefix, last] = [Subnet.replace(/\d+\/29$/, ''), Number(/(\d+)\/29$/.exec(Subnet)?.[1])];
    expect(prefix).toMatch(/^10\.232\./);
    expect(Gateway).toBe(`${prefix}${last + 1}`);
    expect(listenHost).toBe(Gateway);
  });

  test('agents that are prepared at once get different subnets', async () => {
    const agents = ['ceo', 'cto', 'cfo', 'coo', 'cmo'];
    const made = await Promise.all(agents.map((agent) => subject.runtime.gatewayFor(agent)));
    expect(new Set(made.map(({ listenHost }) => listenHost)).size).toBe(agents.length);
  });

  test('two runtimes that prepare one agent at once make one network', async () => {
    const made = await Promise.all([subject.runtime.gatewayFor('ceo'), subject.reopen().gatewayFor('ceo')]);
    expect(made[0]).toEqual(made[1]);
    const filters = { label: [`${labels.team}=${under.teamId}`] };
    expect(await docker.listNetworks({ filters })).toHaveLength(1);
  });

  test('the network stays for the next life, and is made anew when somebody has pruned it', async () => {
    const containerId = await subject.running(instance());
    const { Id } = await inspect('ceo');
    await subject.runtime.remove(containerId);
    await subject.running(instance());
    expect((await inspect('ceo')).Id).toBe(Id);
    for (const one of await subject.runtime.list()) await subject.runtime.remove(one.containerId);
    await docker.getNetwork(Id).remove();
    await subject.running(instance());
  });

  test('a network of our name that is not internal is refused', async () => {
    const Labels = { [labels.team]: under.teamId, [labels.agent]: 'ceo' };
    await docker.createNetwork({ Name: agentName(under.teamId, 'ceo'), Labels });
    await expect(subject.runtime.gatewayFor('ceo')).rejects.toThrow(/not internal/);
  });

  test('a range that cannot be understood, or is used up, is said in words', async () => {
    expect(() => under.reopen({ agentSubnets: '10.231.0.0' })).toThrow(/agentSubnets is "10.231.0.0"/);
    const { listenHost } = await subject.runtime.gatewayFor('ceo');
    const full = under.reopen({ agentSubnets: `${listenHost}/29` });
    await expect(full.gatewayFor('cto')).rejects.toThrow(/No free \/29 is left/);
    expect(testSubnets).not.toContain('/29');
  });
});

describeDocker('docker runtime: networks: an orchestrator in a container', () => {
  const subject = subjectOfTeam();

  /** As if this process ran in the container. */
  async function contained() {
    const self = await bystander('serve:7000');
    return { self, runtime: under.reopen({ hostname: self.id.slice(0, 12) }) };
  }

  test('joins each agent’s network, where agents know it as gateway', async () => {
    const { self, runtime } = await contained();
    const address = await runtime.gatewayFor('ceo');
    const listenHost = await addressOf(self.id, agentName(under.teamId, 'ceo'));
    expect(address).toMatchObject({ listenHost, reachableHost: 'gateway' });
    const { containerId } = await runtime.start(instance('connect:gateway/7000'));
    await says(subject, containerId, /connected/);
  });

  test('stays where it has joined, and joins again without its alias or after it was thrown out', async () => {
    const { self, runtime } = await contained();
    const addresses = await Promise.all(Array.from({ length: 20 }).map(() => runtime.gatewayFor('ceo')));
    expect(new Set(addresses.map(({ listenHost }) => listenHost)).size).toBe(1);
    const network = docker.getNetwork(agentName(under.teamId, 'ceo'));
    await network.disconnect({ Container: self.id });
    expect((await runtime.gatewayFor('ceo')).reachableHost).toBe('gateway');
    await network.disconnect({ Container: self.id });
    await network.connect({ Container: self.id });
    await runtime.gatewayFor('ceo');
    const { containerId } = await runtime.start(instance('connect:gateway/7000'));
    await says(subject, containerId, /connected/);
  });

  test('leaves the host no address in it; a network of the other placement is made anew, but not while it is in use', async () => {
    const agent = await subject.running(instance());
    const { runtime } = await contained();
    await expect(runtime.gatewayFor('ceo')).rejects.toThrow(/made for an orchestrator on the host/);
    await subject.runtime.remove(agent);
    expect((await runtime.gatewayFor('ceo')).reachableHost).toBe('gateway');
    const { Options } = await docker.getNetwork(agentName(under.teamId, 'ceo')).inspect();
    expect(Options).toEqual({ 'com.docker.network.bridge.inhibit_ipv4': 'true' });
    await expect(subject.runtime.gatewayFor('ceo')).rejects.toThrow(/made for an orchestrator on the container/);
  });

  test('is not believed in on the name of a host alone', async () => {
    const host = under.reopen({ hostname: 'deadbeef0123' });
    expect(await host.gatewayFor('ceo')).toEqual(await under.reopen({ hostname: hostname() }).gatewayFor('ceo'));
  });
});
