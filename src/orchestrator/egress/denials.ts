import { AppError } from '../../contracts/errors.ts';
import type { DomainService } from '../domains/service.ts';
import type { UnitOfWork } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import type { Attempt, Denied } from './admission.ts';
import { denials } from './rules.ts';

/** Records what was denied: each host of an agent once in a while, however often it tries, and not endlessly many hosts. */
export interface DenialLog {
  note(attempt: Attempt, denied: Denied): void;
}

interface Deps {
  readonly unitOfWork: UnitOfWork;
  readonly domains: DomainService;
  readonly clock: Clock;
  /** The task the agent works on, for whoever decides; null when it works on none. */
  readonly taskOf: (instanceId: string) => Promise<string | null>;
  readonly onError: (error: unknown) => void;
}

const windowMs = 600_000;
/** Different hosts of one agent within a window; who tries more is not looking for one that works. */
const hostsMax = 30;

interface Window {
  readonly until: number;
  readonly seen: Set<string>;
}

export function createDenialLog({ unitOfWork, domains, clock, taskOf, onError }: Deps): DenialLog {
  const windows = new Map<string, Window>();

  function windowOf(agentType: string): Window {
    const now = clock.monotonic();
    const known = windows.get(agentType);
    if (known && known.until > now) return known;
    const fresh = { until: now + windowMs, seen: new Set<string>() };
    windows.set(agentType, fresh);
    return fresh;
  }

  async function record({ caller, url }: Attempt, { denial, host }: Denied): Promise<void> {
    const { actor, instanceId } = caller;
    const taskId = denial === 'not_whitelisted' ? await taskOf(instanceId) : null;
    await unitOfWork(async (work) => {
      work.append(actor, 'egress_denied', { agentType: actor.name, domain: host, reason: denials[denial] });
      if (denial !== 'not_whitelisted') return;
      const wish = { domain: host, reason: 'It was tried.', url: url.slice(0, 2_000), taskId };
      await domains.request(work, actor, wish).catch((error: unknown) => {
        // What cannot be asked for (a bare suffix, one wish too many) is denied all the same.
        if (!(error instanceof AppError)) throw error;
      });
    });
  }

  return {
    note(attempt, denied) {
      const { seen } = windowOf(attempt.caller.actor.name);
      const what = `${denied.denial} ${denied.host}`;
      if (seen.has(what) || seen.size >= hostsMax) return;
      seen.add(what);
      record(attempt, denied).catch((error: unknown) => {
        // Not on record: then the next attempt is the news.
        seen.delete(what);
        onError(error);
      });
    },
  };
}
