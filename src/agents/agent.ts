import type { AgentFrame, GatewayFrame } from '../contracts/gateway.ts';
import type { Clock } from './clock.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { AgentConfig } from './config.ts';
import { contractText } from './contract-text.ts';
import type { Welcome } from './frames.ts';
import type { Log } from './log.ts';
import { createLoop } from './loop.ts';
import { createLoops } from './loops.ts';
import { createGatewaySocket } from './socket.ts';
import { agentVersion, gatewayPaths } from './wire.ts';

/** One member of the team, from its first hello to its goodbye. */
export interface Agent {
  /** Resolves when it is over for good, with the reason. */
  run(): Promise<string>;
  /** Interrupts what it does and says goodbye; within about a second. */
  stop(because: string): Promise<void>;
}

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly log: Log;
}

const lineCharactersMax = 500;
const shutDownMsMax = 900;

export function createAgent({ config, clock, log }: AgentDeps): Agent {
  const { url, token, agentType, model, proxy, environment } = config;
  let welcome: Welcome | undefined;
  let stopped: Promise<void> | undefined;
  let because: string | undefined;

  const send = (frame: AgentFrame): boolean => socket.send(frame);
  const tellAll = (lines: readonly string[]) =>
    void send({ type: 'log', lines: lines.map((line) => contractText(line, lineCharactersMax)) });
  const tell = (line: string) => tellAll([line]);
  // Not before the loop's last promises have settled: what they hold is what is to go.
  const tidyUp = () => void clock.quiet().then(collectGarbage);
  const loops = createLoops({
    run: createLoop({ url, token, model, proxy, environment, clock, log, tell, tellAll }),
    send,
    log,
    tidyUp,
  });
  const socket = createGatewaySocket({
    url: `${url.replace(/^http/, 'ws')}${gatewayPaths.socket}`,
    token,
    clock,
    log,
    hello: () => ({ type: 'hello', version: agentVersion, loopId: loops.unfinished() }),
    onFrame: receive,
  });

  function receive(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome':
        welcomed(frame);
        break;
      case 'wake':
        if (welcome) loops.wake(frame, welcome);
        else log('warn', 'ignored a wake before the welcome');
        break;
      case 'report_ack':
        loops.acknowledge(frame.loopId);
        break;
      case 'shutdown':
        // Rejects never: closing a socket that is gone is no error.
        void stop(`the gateway asks for it: ${frame.because}`);
    }
  }

  function welcomed(frame: Welcome): void {
    if (frame.agentType !== agentType) {
      log('warn', `the token belongs to "${frame.agentType}", not to "${agentType}"; the token decides`);
    }
    log('info', `connected as ${frame.agentType} (${frame.agentId})`);
    welcome = frame;
    loops.resendReports();
  }

  /** Who stops us waits a moment and then kills: whatever does not end in time is left behind. */
  async function shutDown(): Promise<void> {
    const ended = new AbortController();
    const patience = clock.sleep(shutDownMsMax, ended.signal);
    await Promise.race([Promise.all([loops.stop(), socket.close('goodbye')]), patience]);
    ended.abort();
  }

  function stop(reason: string): Promise<void> {
    because ??= reason;
    stopped ??= shutDown();
    return stopped;
  }

  return {
    async run() {
      const end = await socket.run();
      await stop(end);
      return because ?? end;
    },
    stop,
  };
}
