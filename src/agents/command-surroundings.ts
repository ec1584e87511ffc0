import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from './config.ts';
import { gatewayPaths } from './wire.ts';

/** What a command finds around it: everything by which a program of any make can take a seat. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Takes the file with the token away again. */
  remove(): Promise<void>;
}

export interface SurroundingsOptions {
  readonly url: string;
  readonly token: string;
  readonly environment: Environment;
  readonly loopId: string;
}

/** Below the folder it runs in, so that an argument can name it: nothing expands variables in an argv. */
const mcpConfigFile = '.boardroom/mcp.json';
/** In the environment of the command and of all that it starts. */
export const loopVariable = 'BOARDROOM_LOOP';

export async function surroundingsOf(options: SurroundingsOptions): Promise<Surroundings> {
  const file = resolve(mcpConfigFile);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Made anew, so that it has our mode and is no link to somewhere else.
  await rm(file, { force: true });
  await writeFile(file, mcpConfig(options), { mode: 0o600, flag: 'wx' });
  return { environment: environmentFor(options, file), remove: () => rm(file, { force: true }) };
}

const mcpConfig = ({ url, token }: SurroundingsOptions): string => {
  const headers = { Authorization: `Bearer ${token}` };
  return JSON.stringify({ mcpServers: { boardroom: { type: 'http', url: `${url}${gatewayPaths.tools}`, headers } } });
};

function environmentFor({ url, token, environment, loopId }: SurroundingsOptions, file: string): NodeJS.ProcessEnv {
  // Ours alone: compiled code of our own bundle.
  const { NODE_COMPILE_CACHE: _, ...inherited } = environment;
  return {
    ...inherited,
    [loopVariable]: loopId,
    BOARDROOM_MCP_CONFIG: file,
    OPENAI_BASE_URL: `${url}${gatewayPaths.llm}/v1`,
    OPENAI_API_KEY: token,
    ANTHROPIC_BASE_URL: `${url}${gatewayPaths.llm}`,
    ANTHROPIC_API_KEY: token,
    // From Node 24 on, fetch goes the way of HTTPS_PROXY only if told so.
    NODE_USE_ENV_PROXY: '1',
  };
}
