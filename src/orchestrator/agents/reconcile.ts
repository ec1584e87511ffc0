import type { UnitOfWork, Work } from '../events/work.ts';
import { system } from '../events/work.ts';
import type { Clock } from '../platform/clock.ts';
import { type Chance, hashSecret } from '../platform/identity.ts';
import type { Postgres } from '../platform/postgres.ts';
import { findAgentOrThrow } from './find.ts';
import type { Liveness, Silence } from './liveness.ts';
import type { Lives } from './lives.ts';
import { type Action, type Desired, type Observed, plan } from './plan.ts';
import type { Profile, Profiles } from './profiles.ts';
import type { PassReason } from './reconcile-loop.ts';
import type { RestartPolicy } from './restart-policy.ts';
import type { ObservedContainer, Runtime } from './runtime.ts';
import type { SpecBuilder } from './spec.ts';
import {
  type AgentRow,
  findLiveInstance,
  findRunningLoop,
  type InstanceRow,
  insertInstance,
  markStarted,
  recentFailures,
  updateInstance,
} from './store.ts';
import { createStrays, isOf } from './strays.ts';

interface Deps {
  readonly postgres: Postgres;
  /** Commits nothing once another replica leads. */
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly runtime: Runtime;
  readonly profiles: Profiles;
  readonly specs: SpecBuilder;
  readonly lives: Lives;
  readonly liveness: Liveness;
  readonly restart: RestartPolicy;
  readonly silenceMsMax: number;
  /** Within this time a heartbeat that has arrived is on record, when the database takes it. */
  readonly hearingMs: number;
  readonly stopGraceMs: number;
  /** Looks at so many at once, so that a whole team that dies does not take every connection to the database. */
  readonly lookGate: <T>(look: () => Promise<T>) => Promise<T>;
  /** Starts at most so many at once; more only makes each wait longer. */
  readonly startGate: <T>(start: () => Promise<T>) => Promise<T>;
  /** A timer had to find what no event told. */
  readonly onCorrection: (agentType: string) => void;
}

/** One pass over one agent: read what is wanted, look what is there, record ends, plan, act. */
export function createReconciler(deps: Deps) {
  const { postgres, unitOfWork, clock, chance, runtime, profiles, specs, lives, liveness } = deps;
  const clearAway = createStrays(deps);

  async function reconcile(agentType: string, reasons: ReadonlySet<PassReason>): Promise<{ recheckAt?: number }> {
    const { next, strays, subject } = await deps.lookGate(() => decide(agentType, reasons));
    if (strays.length > 0) await confirmTerm();
    for (const stray of strays) await clearAway(stray);
    for (const action of next.actions) await act(action, subject);
    // After an action the world is new: look again at once.
    const acted = next.actions.some(({ kind }) => kind !== 'remove');
    return acted ? { recheckAt: clock.now() } : next;
  }

  async function decide(agentType: string, reasons: ReadonlySet<PassReason>) {
    const agent = await findAgentOrThrow(postgres.db, agentType);
    const profile = profiles.get(agentType);
    const specHash = profile ? await specs.hash(agent, profile) : '';
    const { observed, live, strays, ended } = await look(agentType);
    if (ended && onlyTimers(reasons)) deps.onCorrection(agentType);

    const failures = await recentFailures(postgres.db, agent, deps.restart.failuresMax);
    const next = plan({
      desired: {
        ...wishFor(agent, profile, runtime.kind),
        specHash,
        restart: deps.restart,
        silenceMsMax: deps.silenceMsMax,
        turnTimeoutMs: (profile?.turnTimeout ?? 0) * 1_000,
      },
      observed,
      failures,
      now: clock.now(),
    });
    if (next.status !== agent.status || next.because !== agent.because) {
      await unitOfWork((work) => lives.conclude(work, agent, next));
    }
    return { next, strays, subject: { agent, profile, specHash, live, because: next.because } };
  }

  interface Seen {
    readonly observed: Observed;
    readonly live: InstanceRow | undefined;
    readonly strays: readonly ObservedContainer[];
    /** This pass recorded an end. */
    readonly ended: boolean;
  }

  /** Matches the life on record with what the runtime shows, and records its end when it is over. */
  async function look(agentType: string): Promise<Seen> {
    const containers = await runtime.inspect(agentType);
    // The row is read after the look: a life that began in between must not seem lost.
    const live = await findLiveInstance(postgres.db, agentType);
    const own = containers.find((container) => container.instanceId === live?.id && isOf(live, container));
    const strays = containers.filter((container) => container !== own);
    if (!live) return { observed: { kind: 'absent' }, live, strays, ended: false };
    if (!own || own.status === 'created') {
      await recordLoss(live, own);
      return { observed: { kind: 'absent' }, live: undefined, strays: own ? [...strays, own] : strays, ended: true };
    }
    if (own.status === 'exited') {
      await unitOfWork((work) => recordExit(work, live, own));
      return { observed: { kind: 'exited', containerId: own.containerId }, live: undefined, strays, ended: true };
    }
    if (live.containerId === null) await adopt(live, own);
    const loop = await findRunningLoop(postgres.db, agentType);
    const silence = await listen(live, loop?.id);
    const observed = { kind: 'running' as const, containerId: own.containerId, specHash: own.specHash, ...silence };
    return { observed, live, strays, ended: false };
  }

  /**
   * Looks succeed where writes fail (a full disk), and heartbeats are writes. So before silence counts as the agent's, one
   * write of ours goes through, and what it said meanwhile gets the time to be written too.
   */
  async function listen(live: InstanceRow, loopId: string | undefined): Promise<Silence> {
    const silence = liveness.look(live, loopId);
    if (silence.silentForMs <= deps.silenceMsMax) return silence;
    await confirmTerm();
    return liveness.doubt(live.agentType, deps.silenceMsMax, deps.hearingMs) ? liveness.look(live, loopId) : silence;
  }

  const recordExit = (work: Work, live: InstanceRow, { exit }: ObservedContainer) => {
    const known = exit ?? unknownExit;
    return lives.recordExit(work, live, known, live.stopReason ?? describeExit(known));
  };

  /** Its container is gone, or was never started: a kill between our row and the runtime, or a hand from outside. */
  async function recordLoss(live: InstanceRow, own: ObservedContainer | undefined): Promise<void> {
    const started = live.startedAt !== null && own === undefined;
    const because = live.stopReason ?? (started ? 'its container is gone' : 'its start was cut off');
    await unitOfWork(async (work) => {
      // A start that we did not finish is no failure of the agent's.
      const asked = started ? live : { ...live, stopRequestedAt: work.now };
      if (!started) await updateInstance(work.tx, live.id, { stopRequestedAt: work.now });
      await lives.recordExit(work, asked, unknownExit, because);
    });
  }

  /** We died between the runtime's start and our note of it. */
  const adopt = (live: InstanceRow, own: ObservedContainer) =>
    unitOfWork((work) => noteStarted(work, live, { containerId: own.containerId, because: 'adopted' }));

  async function noteStarted(
    work: Work,
    life: Pick<InstanceRow, 'id' | 'agentType'>,
    start: { containerId: string; because: string },
  ) {
    const { containerId, because } = start;
    // Ended meanwhile by a leader that came after us: what we started is its stray to clear away.
    if (!(await markStarted(work.tx, life.id, { containerId, startedAt: work.now }))) return;
    work.append(system, 'agent_started', { agentType: life.agentType, instanceId: life.id, containerId, because });
    await lives.note(work, life.agentType, { actionType: 'started', summary: because });
  }

  /** Before what cannot be taken back: a leader that was followed while it looked must not act on what it saw. */
  const confirmTerm = () => unitOfWork(async () => undefined);

  interface Subject {
    readonly agent: AgentRow;
    readonly profile: Profile | undefined;
    readonly specHash: string;
    readonly live: InstanceRow | undefined;
    readonly because: string;
  }

  async function act(action: Action, subject: Subject): Promise<void> {
    switch (action.kind) {
      case 'remove':
        return runtime.remove(action.containerId);
      case 'stop':
        return stop(action, subject);
      case 'start':
        return subject.profile === undefined ? undefined : startOne(subject, subject.profile);
    }
  }

  async function stop(action: Extract<Action, { kind: 'stop' }>, { live, agent }: Subject): Promise<void> {
    // On record before the signal: an exit that we caused must never look like a crash.
    if (live) {
      await unitOfWork((work) =>
        updateInstance(work.tx, live.id, {
          stopRequestedAt: work.now,
          stopReason: action.because,
          stopCounts: action.counts,
        }),
      );
    }
    // Whoever pulls the kill switch does not wait for good-byes.
    const graceMs = agent.pausedAt === null ? deps.stopGraceMs : Math.min(deps.stopGraceMs, pausedGraceMs);
    await runtime.stop(action.containerId, graceMs);
  }

  const startOne = (subject: Subject, profile: Profile) => deps.startGate(() => start(subject, profile));

  async function start({ agent, specHash, because }: Subject, profile: Profile): Promise<void> {
    const life = { id: chance.id('ins'), agentType: agent.type };
    const token = `bra_${chance.secret()}`;
    // The row first: `one_life_per_agent` refuses a second reconciler before it has started anything.
    await unitOfWork(async (work) => {
      await insertInstance(work.tx, { ...life, specHash, tokenHash: hashSecret(token), createdAt: work.now });
      for (const name of specs.missing(profile)) {
        const message = `${agent.type} is started without its secret ${name}: neither the setting secrets.${name} nor BOARDROOM_SECRET_${name} is set`;
        work.append(system, 'alert_raised', { agentType: agent.type, severity: 'warning', message });
      }
    });
    try {
      const spec = await specs.build(profile, { instanceId: life.id, specHash, token });
      const { containerId } = await runtime.start(spec, confirmTerm);
      await unitOfWork((work) => noteStarted(work, life, { containerId, because }));
    } catch (error) {
      await recordFailedStart(life, error);
      throw error;
    }
  }

  /** A runtime that is away is nobody's failure; one that answers and refuses is. */
  async function recordFailedStart(
    { id, agentType }: { id: string; agentType: string },
    cause: unknown,
  ): Promise<void> {
    specs.forget(agentType);
    await runtime.ping();
    const live = await findLiveInstance(postgres.db, agentType);
    const running = (await runtime.inspect(agentType)).some(
      ({ instanceId, status }) => instanceId === id && status === 'running',
    );
    if (live?.id !== id || running) return;
    const because = `could not be started: ${cause instanceof Error ? cause.message : String(cause)}`;
    await unitOfWork((work) => lives.recordExit(work, live, unknownExit, because));
  }

  return { reconcile };
}

const pausedGraceMs = 500;

/** A role whose profile is gone has nothing to run; a pause goes before every wish. */
function wishFor(
  agent: AgentRow,
  profile: Profile | undefined,
  runtime: Runtime['kind'],
): Pick<Desired, 'state' | 'because'> {
  if (agent.pausedAt !== null) return { state: 'stopped', because: `paused by ${agent.pausedBy}` };
  if (profile?.image !== undefined && runtime === 'process' && agent.desired === 'running') {
    const because = `its profile names the image ${profile.image}, which needs containers: set AGENT_RUNTIME=docker`;
    return { state: 'stopped', because };
  }
  return { state: profile ? agent.desired : 'stopped', because: 'wanted stopped' };
}

const unknownExit = { at: undefined, ranForMs: undefined, code: null, signal: null, oomKilled: false };

function describeExit({
  code,
  signal,
  oomKilled,
}: {
  code: number | null;
  signal: string | null;
  oomKilled: boolean;
}): string {
  if (oomKilled) return 'out of memory';
  if (signal !== null) return `killed by ${signal}`;
  if (code === programMissing) return `exit code ${code}: nothing in its image runs the agent, see its log`;
  return code === null ? 'it ended while nobody watched' : `exit code ${code}`;
}

/** As shells say it. */
const programMissing = 127;

const timers: ReadonlySet<PassReason> = new Set(['resync', 'recheck', 'retry']);
const onlyTimers = (reasons: ReadonlySet<PassReason>) => [...reasons].every((reason) => timers.has(reason));
