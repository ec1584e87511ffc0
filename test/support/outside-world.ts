import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet, { type StringAnswer } from 'dns-packet';
import { openSite, type Site } from './egress-stage.ts';

/** What lies beyond the proxy: names, and one site with and without TLS. */
export interface OutsideWorld {
  readonly host: string;
  readonly site: Site;
  /** `EGRESS_DNS` for a proxy that is to see this world. */
  readonly nameServer: string;
  /**
   * Name → its answers, each a list of addresses or `cname target`; each look-up gets the next answer, the last one
   * stays. Names that are not here do not exist.
   */
  readonly names: Record<string, readonly (readonly string[])[]>;
  close(): void;
}

/** Listens at `host`, an address of this machine that the proxy reaches. */
export async function openOutsideWorld(host: string, siteName: string): Promise<OutsideWorld> {
  const site = await openSite(siteName, (_request, response) => response.end('the page'), host);
  const names: OutsideWorld['names'] = { [siteName]: [[host]] };
  const asked = new Map<string, number>();

  /** Addresses of both families are one answer: the place in the list moves with questions for IPv4. */
  function answersTo(name: string, type: string): StringAnswer[] | undefined {
    const answers = names[name];
    if (answers === undefined) return undefined;
    const turn = asked.get(name) ?? 0;
    if (type === 'A') asked.set(name, turn + 1);
    const records = answers[Math.min(turn, answers.length - 1)] ?? [];
    return records.flatMap((record): StringAnswer[] => {
      const [, target] = /^cname (.+)$/.exec(record) ?? [];
      if (target !== undefined) return [{ type: 'CNAME', name, data: target }, ...(answersTo(target, type) ?? [])];
      const family = record.includes(':') ? 'AAAA' : 'A';
      return family === type ? [{ type: family, name, ttl: 0, data: record }] : [];
    });
  }

  const server = createSocket('udp4', (message, { address, port }) => {
    const query = packet.decode(message);
    const [question] = query.questions ?? [];
    const answers = question && answersTo(question.name.toLowerCase(), question.type);
    const notThere = 3;
    server.send(
      packet.encode({
        type: 'response',
        id: query.id ?? 0,
        flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (answers === undefined ? notThere : 0),
        questions: query.questions ?? [],
        answers: answers ?? [],
      }),
      port,
      address,
    );
  });
  server.bind(0, host);
  await once(server, 'listening');
  return {
    host,
    site,
    nameServer: `${host}:${server.address().port}`,
    names,
    close() {
      server.close();
      site.close();
    },
  };
}
