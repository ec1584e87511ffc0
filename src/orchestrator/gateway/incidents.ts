import type { Lives } from '../agents/lives.ts';
import { system, type UnitOfWork } from '../events/work.ts';
import { createMeter, type Excess, type Rate } from './limits.ts';

/** Kinds of attempts, each with a measure of its own: much of one must not hide another. */
export type Attempt = 'dead_token' | 'foreign_token' | 'foreign_gateway' | 'operator_api' | 'past_whitelist';

/** What the gateway refuses before a tool call comes about: recorded, but never so often that the record is the flood. */
export interface Incidents {
  /** A row of the agent's history, as long as there are not too many of them. */
  refused(agentType: string, attempt: Attempt, summary: string): Promise<void>;
  /** A row and an alert, once in a while for each agent and excess. */
  excess(agentType: string, excess: Excess): void;
}

interface Deps {
  readonly unitOfWork: UnitOfWork;
  readonly lives: Lives;
  readonly monotonic: () => number;
  readonly onError: (error: unknown) => void;
}

/** Enough to see what is tried; a row is some 200 bytes, so a year of trying is 200 MB and not the disk. */
const rowsOfRefusals: Rate = { perSecond: 1 / 30, burst: 20 };
const excessEvery: Rate = { perSecond: 1 / 60, burst: 1 };

export function createIncidents({ unitOfWork, lives, monotonic, onError }: Deps): Incidents {
  /** By agent and what it does: bounded by the profiles there are. */
  const meters = new Map<string, () => number>();

  function isDue(key: string, rate: Rate): boolean {
    const meter = meters.get(key) ?? createMeter(rate, monotonic);
    meters.set(key, meter);
    return meter() === 0;
  }

  const record = (agentType: string, excess: Excess) =>
    unitOfWork(async (work) => {
      const message = `${agentType} floods the gateway: too many ${excess}; what is too much is refused`;
      await lives.note(work, agentType, { actionType: 'refused', summary: message });
      work.append(system, 'alert_raised', { agentType, severity: 'warning', message });
    });

  return {
    async refused(agentType, attempt, summary) {
      if (!isDue(`${agentType} ${attempt}`, rowsOfRefusals)) return;
      await unitOfWork((work) => lives.note(work, agentType, { actionType: 'refused', summary }));
    },
    excess(agentType, excess) {
      if (isDue(`${agentType} ${excess}`, excessEvery)) record(agentType, excess).catch(onError);
    },
  };
}
