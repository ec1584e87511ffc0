import { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { toolNames, tools } from '../../src/contracts/tools.ts';

export interface ToolCallSeen {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly callId: unknown;
}

/** What a tool answers: an object, or a string to refuse with. */
export type ToolScript = (call: ToolCallSeen) => object | string;

export type Transport = StreamableHTTPServerTransport;
type TransportOptions = ConstructorParameters<typeof StreamableHTTPServerTransport>[0];

/** Every tool of the contract behind the protocol's own server, with nothing behind it but the script. */
export async function serveTools(script: ToolScript, options?: TransportOptions): Promise<Transport> {
  const server = new McpServer({ name: 'scripted', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: toolNames.map((name) => ({
      name,
      description: tools[name].description,
      inputSchema: { type: 'object' as const, ...z.toJSONSchema(tools[name].input, { io: 'input' }) },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    const callId = params._meta?.['boardroom/callId'];
    const answer = script({ name: params.name, input: params.arguments ?? {}, callId });
    return typeof answer === 'string'
      ? { content: [{ type: 'text', text: answer }], isError: true }
      : { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: { ...answer } };
  });
  const transport = new StreamableHTTPServerTransport(options);
  // The protocol's own types are not written for exactOptionalPropertyTypes.
  await server.connect(transport as Parameters<McpServer['connect']>[0]);
  return transport;
}
