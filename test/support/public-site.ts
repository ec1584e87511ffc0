import { randomInt } from 'node:crypto';
import { makeCertificate } from './certificate.ts';
import { docker } from './docker.ts';
import { eventually } from './eventually.ts';

/** What one request brought to the site. */
export interface Heard {
  readonly port: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A site at an address that is public as far as anybody can tell: no machine's own, in a network of an engine. */
export interface PublicSite {
  readonly address: string;
  /** Vouches for its names. */
  readonly certificate: string;
  /** In order, as far as it has said. */
  heard(): Promise<readonly Heard[]>;
  close(): Promise<void>;
}

interface Ports {
  readonly secure: readonly number[];
  readonly plain: readonly number[];
}

const image = 'node:24-bookworm-slim';

/** `visitors`: containers that can reach it besides this machine. */
export async function openPublicSite(
  names: readonly string[],
  ports: Ports,
  visitors: readonly string[] = [],
): Promise<PublicSite> {
  const { key, cert } = await makeCertificate(...names);
  // Of a block that its owner announces nowhere; nothing leaves this network anyway.
  const block = `11.250.${randomInt(256)}`;
  const Name = `boardroom-test-site-${block}`;
  const network = await docker.createNetwork({
    Name,
    Internal: true,
    IPAM: { Config: [{ Subnet: `${block}.0/29`, Gateway: `${block}.1` }] },
  });
  for (const Container of visitors) await network.connect({ Container });
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['node', '-e', `const __name = (named) => named; (${serve})(${JSON.stringify({ key, cert, ...ports })})`],
    HostConfig: { NetworkMode: Name, Init: true },
  });
  await container.start();
  const said = async () => String(await container.logs({ stdout: true, stderr: true, follow: false }));
  const count = ports.secure.length + ports.plain.length;
  const isOpen = async () => ((await said()).split('open\n').length > count ? true : undefined);
  await eventually(isOpen, { withinMs: 30_000, what: 'the site' });
  return {
    address: (await container.inspect()).NetworkSettings.Networks[Name]?.IPAddress ?? '',
    certificate: cert,
    async heard() {
      // The engine puts eight bytes of its own before each line.
      return [...(await said()).matchAll(/\{.*\}$/gm)].map(([line]) => JSON.parse(line));
    },
    async close() {
      await container.remove({ force: true, v: true });
      for (const Container of visitors) await network.disconnect({ Container });
      await network.remove();
    },
  };
}

/** Travels as text: it stands alone. */
function serve({ key, cert, secure, plain }: Ports & { key: string; cert: string }): void {
  const http = process.getBuiltinModule('node:http');
  const https = process.getBuiltinModule('node:https');
  const answerAt =
    (port: number): import('node:http').RequestListener =>
    (request, response) => {
      console.log(JSON.stringify({ port, url: request.url, headers: request.headers }));
      response.end('the page');
    };
  const tell = () => console.log('open');
  for (const port of plain) http.createServer(answerAt(port)).listen(port, tell);
  for (const port of secure) https.createServer({ key, cert }, answerAt(port)).listen(port, tell);
}
