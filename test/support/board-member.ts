// Somebody else's agent: the SDK's own MCP client, knowing nothing of Boardroom but the file that an agent of any make reads.
import { readFile } from 'node:fs/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';

const { BOARDROOM_MCP_CONFIG = '' } = process.env;
const serverSchema = z.object({ type: z.literal('http'), url: z.url(), headers: z.record(z.string(), z.string()) });
const configSchema = z.object({ mcpServers: z.record(z.string(), serverSchema) });
const { mcpServers } = configSchema.parse(JSON.parse(await readFile(BOARDROOM_MCP_CONFIG, 'utf8')));
const server = serverSchema.parse(Object.values(mcpServers)[0]);

const client = new Client({ name: 'board-member', version: '1.0.0' });
const transport = new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: server.headers } });
// The SDK's own types are not written for exactOptionalPropertyTypes.
await client.connect(transport as Parameters<Client['connect']>[0]);

async function call<S extends z.ZodType>(name: string, input: object, answer: S): Promise<z.output<S>> {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: { ...input } });
  if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`);
  return answer.parse(structuredContent);
}

const listed = z.object({ id: z.string(), title: z.string() });
const { messages } = await call('read_inbox', {}, z.object({ messages: z.array(z.object({ body: z.string() })) }));
const { decisions } = await call('list_decisions', { needsMe: true }, z.object({ decisions: z.array(listed) }));
const { tasks } = await call('list_tasks', { status: ['pending'] }, z.object({ tasks: z.array(listed) }));
for (const { id: decisionId, title } of decisions)
  await call('vote', { decisionId, vote: 'approve', reason: `I like "${title}".` }, z.object({}));
for (const { id: taskId, title } of tasks) {
  await call('claim_task', { taskId }, z.object({}));
  await call('complete_task', { taskId, result: `Did "${title}".` }, z.object({}));
}
await client.close();
process.stdout.write(
  `Read ${messages.map(({ body }) => `"${body}"`).join(', ')}; voted ${decisions.length}; did ${tasks.length}.\n`,
);
