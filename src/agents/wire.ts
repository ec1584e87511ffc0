import type { closeCodes as contractCodes, gatewayPaths as contractPaths } from '../contracts/gateway.ts';

/**
 * The contract's constants once more, held to it by their literal types: a value that differs does not compile.
 * Importing the values themselves would bring zod into every agent, which costs 9 MiB of memory each.
 */
export const gatewayPaths: typeof contractPaths = {
  socket: '/agent',
  tools: '/mcp',
  fetch: '/fetch',
  chatCompletions: '/llm/v1/chat/completions',
  llm: '/llm',
};

export const closeCodes: typeof contractCodes = {
  superseded: 4001,
  protocolError: 4002,
  ended: 4003,
  flooding: 4004,
  tooMuchUnsent: 1013,
};

/** The package's version; a test holds the two together. */
export const agentVersion = '0.1.0';
