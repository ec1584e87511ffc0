import { AppError } from '../../contracts/errors.ts';
import type { AgentCaller } from './identity.ts';
import { createMeter, type Excess, type GatewayLimits, type Rate } from './limits.ts';

/** What one life may still ask of this replica. */
export interface Allowance {
  /** Throws `rate_limited` when it is too much. The answer gives the place of the call back, once. */
  beginCall(bodyBytes: number): () => void;
  openSocket(): void;
  /** False when it is too much. */
  frame(): boolean;
  bytes(count: number): boolean;
}

export interface Allowances {
  of(caller: AgentCaller): Allowance;
}

interface Deps {
  readonly limits: GatewayLimits;
  readonly monotonic: () => number;
  readonly onExcess: (agentType: string, excess: Excess) => void;
}

/** One allowance for each agent: a new life gets a new one in the place of the old, so there are never more than agents. */
export function createAllowances({ limits, monotonic, onExcess }: Deps): Allowances {
  const allowances = new Map<string, { readonly instanceId: string; readonly allowance: Allowance }>();

  function make(agentType: string): Allowance {
    const meter = (rate: Rate) => createMeter(rate, monotonic);
    const [calls, bodyBytes, sockets] = [meter(limits.calls), meter(limits.bodyBytes), meter(limits.socketOpenings)];
    const [frames, frameBytes] = [meter(limits.frames), meter(limits.frameBytes)];
    let underWay = 0;

    const pay = (waitMs: number, excess: Excess, allowed: string) => {
      if (waitMs === 0) return;
      onExcess(agentType, excess);
      const retryAfterSeconds = Math.ceil(waitMs / 1_000);
      throw new AppError(
        'rate_limited',
        `Too many ${excess}: ${agentType} may have ${allowed}; try again in ${retryAfterSeconds} s`,
        { retryAfterSeconds },
      );
    };
    const tell = (isGranted: boolean, excess: Excess): boolean => {
      if (!isGranted) onExcess(agentType, excess);
      return isGranted;
    };

    return {
      beginCall(bytes) {
        pay(underWay < limits.callsAtOnce ? 0 : 1_000, 'calls at once', `${limits.callsAtOnce} under way`);
        pay(calls(), 'calls', saying(limits.calls));
        pay(bodyBytes(bytes), 'bytes of bodies', saying(limits.bodyBytes));
        underWay += 1;
        let isOver = false;
        return () => {
          if (!isOver) underWay -= 1;
          isOver = true;
        };
      },
      openSocket: () => pay(sockets(), 'new sockets', saying(limits.socketOpenings)),
      frame: () => tell(frames() === 0, 'frames'),
      bytes: (count) => tell(frameBytes(count) === 0, 'bytes on its socket'),
    };
  }

  return {
    of({ actor: { name: agentType }, instanceId }) {
      const known = allowances.get(agentType);
      if (known?.instanceId === instanceId) return known.allowance;
      const allowance = make(agentType);
      allowances.set(agentType, { instanceId, allowance });
      return allowance;
    },
  };
}

const saying = ({ perSecond, burst }: Rate): string => `${perSecond} a second, ${burst} at once`;
