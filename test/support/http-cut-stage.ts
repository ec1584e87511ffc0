import { createEmptyDatabase } from './database.ts';
import { openStage, type Stage } from './http-stage.ts';
import { startTcpProxy, type TcpProxy } from './http-tcp-proxy.ts';

/** An orchestrator whose way to the database a test can cut. */
export interface CutStage extends Stage {
  readonly proxy: TcpProxy;
}

export async function openCutStage(environment: Record<string, string> = {}): Promise<CutStage> {
  const database = await createEmptyDatabase();
  const url = new URL(database.url);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const stage = await openStage({ ...environment, DATABASE_URL: url.href });
  return {
    ...stage,
    proxy,
    async dispose() {
      await proxy.restore();
      await stage.dispose();
      await proxy.close();
      await database.drop();
    },
  };
}
