import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { serve } from './worker.ts';

/** One route on node:http that reads one row by its key with a prepared statement. */
async function listen({ databaseUrl, poolSize }: { databaseUrl: string; poolSize: number }): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
  const server = createServer(async (request, response) => {
    const id = (request.url ?? '').slice('/tasks/'.length);
    const { rows } = await pool.query({ name: 'task', text: 'select * from tasks where id = $1', values: [id] });
    const body = JSON.stringify(rows[0]);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

serve({ listen });
