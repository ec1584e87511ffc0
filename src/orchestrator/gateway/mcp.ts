import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { tools } from '../../contracts/tools.ts';
import type { AgentCaller } from './identity.ts';
import type { ToolCaller } from './tool-calls.ts';

/** The metadata key under which a client names its call, so that it can send it again. */
const callIdKey = 'boardroom/callId';
const callIdSchema = z.string().min(1).max(100);

/** The tool list as MCP shows it; made once. */
const toolList = Object.entries(tools).map(([name, tool]) => ({
  name,
  description: tool.description,
  inputSchema: z.toJSONSchema(tool.input, { io: 'input' }) as { type: 'object' },
  outputSchema: z.toJSONSchema(tool.output) as { type: 'object' },
  annotations: { readOnlyHint: tool.readOnly },
}));

/**
 * The tools over MCP's streamable HTTP, without sessions: each request carries its identity and stands alone, so
 * any replica answers it, and a restart of ours loses nothing.
 */
export const createMcpHandler =
  (call: ToolCaller, version: string): RequestHandler =>
  async (request, response) => {
    const caller = response.locals['agent'] as AgentCaller;
    // The place of a call is held until its work is done, although the caller may have gone long before.
    const held: ToolCaller = (...request) => {
      const work = call(...request);
      response.locals['work'] = work.catch(() => 'told to the caller');
      return work;
    };
    const server = createServer(caller, held, version);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.on('close', () => void transport.close());
    // The SDK's own types are not written for exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<Server['connect']>[0]);
    await transport.handleRequest(request, response, request.body);
  };

function createServer(caller: AgentCaller, call: ToolCaller, version: string): Server {
  const server = new Server({ name: 'boardroom', version }, { capabilities: { tools: {} } });
  const { permissions } = caller.profile;
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: toolList.filter(({ name }) => permissions.tools.some((allowed) => allowed === name)),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const callId = callIdSchema.safeParse(params._meta?.[callIdKey]);
    const { refused, answer } = await call(caller, {
      tool: params.name,
      input: params.arguments,
      callId: callId.success ? callId.data : undefined,
    });
    return {
      content: [{ type: 'text' as const, text: JSON.stringify(answer) }],
      ...(!refused && { structuredContent: answer as Record<string, unknown> }),
      isError: refused,
    };
  });
  return server;
}
