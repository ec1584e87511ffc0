import type { Server } from 'node:http';
import type { BoardroomEvent } from '../../contracts/event.ts';
import type { DomainService } from '../domains/service.ts';
import type { UsageCounter } from '../domains/usage-counter.ts';
import type { UnitOfWork } from '../events/work.ts';
import { type AgentCaller, type AgentIdentity, recentMs } from '../gateway/identity.ts';
import type { Neighbours } from '../gateway/neighbours.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock } from '../platform/clock.ts';
import { type Destination, injectionFor, type SecretOf } from '../secrets/rules.ts';
import type { TaskService } from '../tasks/service.ts';
import { createResolve, remembering, rememberingOwn, systemAddresses } from './addresses.ts';
import { type Attempt, createAdmission, Denied, type Passage } from './admission.ts';
import { type ConnectionLimits, createConnections } from './connections.ts';
import { createDenialLog } from './denials.ts';
import { createFetch, type Fetch } from './fetch.ts';
import { createEgressServer } from './proxy.ts';
import { mayBeFetched } from './rules.ts';
import { createWhitelistView } from './view.ts';

/** This replica's way out for agents: one view of the whitelist, one count of what is open, behind any number of doors. */
export interface Egress {
  /** For one address at which agents can reach us; `spend` throws when too much is asked there. */
  createServer(spend: () => void): Server;
  /** For one request of an agent that is known already. */
  readonly fetch: Fetch;
  follow(event: BoardroomEvent): void;
  /** Whether a provider may fetch this address for an agent. */
  mayBeFetched(address: string): boolean;
  /** Ends what this life has open. */
  cutLife(instanceId: string): void;
  close(): void;
}

interface Deps {
  readonly entries: ReadonlyMap<string, string>;
  readonly limits: ConnectionLimits;
  /** Name servers to ask; empty: as the machine resolves names. */
  readonly nameServers: readonly string[];
  readonly identity: Pick<AgentIdentity, 'identify'>;
  readonly neighbours: Neighbours;
  readonly unitOfWork: UnitOfWork;
  readonly domains: DomainService;
  readonly tasks: Pick<TaskService, 'inHandOf'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly usage: Pick<UsageCounter, 'count'>;
  readonly secretOf: SecretOf;
  readonly onError: (error: unknown) => void;
}

export function openEgress(deps: Deps): Egress {
  const { identity, neighbours, unitOfWork, domains, tasks, clock, metrics, usage, onError } = deps;
  const connections = createConnections(deps.limits, clock.now);
  const view = createWhitelistView({ entries: deps.entries, onRemoved: connections.cutEntry });
  const admit = createAdmission({
    allowed: view.allowed,
    resolve: remembering(createResolve(deps.nameServers), clock.monotonic),
    ownAddresses: rememberingOwn(systemAddresses, clock.monotonic),
    connections,
  });
  const denials = createDenialLog({ unitOfWork, domains, clock, taskOf: tasks.inHandOf, onError });
  const count = (agent: string, outcome: string) => metrics.egress.inc({ agent, outcome });

  const dealt = {
    admit,
    secretsFor({ profile }: AgentCaller, to: Destination) {
      const injection = injectionFor(profile.secrets, to, deps.secretOf);
      if (injection.kind === 'missing') throw new Denied('secret_missing', to.host);
      return injection.headers;
    },
    onAllowed({ caller }: Attempt, { entry }: Passage) {
      count(caller.actor.name, 'allowed');
      usage.count(caller.actor.name, entry, 'allowed');
    },
    onDenied(attempt: Attempt, denied: Denied) {
      count(attempt.caller.actor.name, denied.denial);
      usage.count(attempt.caller.actor.name, denied.host, 'denied');
      denials.note(attempt, denied);
    },
    onError,
  };

  return {
    fetch: createFetch(dealt),
    createServer: (spend) =>
      createEgressServer({
        identify(token, from) {
          spend();
          return identity.identify(token && `Bearer ${token}`, neighbours.agentAt(from), recentMs);
        },
        ...dealt,
      }),
    follow: view.follow,
    mayBeFetched: (address) => mayBeFetched(address, view.allowed()),
    cutLife: connections.cutLife,
    close: connections.cutAll,
  };
}
