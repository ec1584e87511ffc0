import type { Domain, DomainRequest, RequestStatus } from '../../contracts/domain.ts';
import { AppError } from '../../contracts/errors.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Postgres, Queryable } from '../platform/postgres.ts';
import { assess, entryFor, normaliseDomain } from './rules.ts';
import {
  activeDomains,
  countPendingOf,
  type DomainRow,
  deactivateDomain,
  decideRequest,
  findPendingRequest,
  insertRequest,
  lastVerdict,
  listDomains,
  listRequests,
  lockPendingRequests,
  lockRequest,
  type RequestRow,
  upsertDomain,
} from './store.ts';

export type DomainService = ReturnType<typeof createDomainService>;

interface Deps {
  readonly postgres: Postgres;
  readonly unitOfWork: UnitOfWork;
  readonly inbox: InboxService;
  readonly chance: Chance;
  readonly isAgent: (name: string) => boolean;
}

export interface NewDomain {
  readonly domain: string;
  readonly category: string;
  readonly description?: string | undefined;
}

export interface DomainWish {
  readonly domain: string;
  readonly reason: string;
  /** What was tried; null when nothing was. */
  readonly url: string | null;
  readonly taskId: string | null;
}

export interface WishAnswer {
  readonly status: RequestStatus;
  readonly domain: string;
  /** What the agent may know of it, in words. */
  readonly because: string;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Requests of one agent that may wait at once: enough for honest work, too few to bury the others'. */
const pendingMaxPerAgent = 50;

/** What agents may reach, and what they ask for. */
export function createDomainService({ postgres, unitOfWork, inbox, chance, isAgent }: Deps) {
  const { db } = postgres;

  function normalise(input: string, category = ''): string {
    const result = normaliseDomain(input, category);
    if (result.ok) return result.domain;
    const issues = [{ path: 'domain', message: result.because }];
    throw new AppError('invalid_request', `The domain "${input}" ${result.because}`, { issues });
  }

  /** Answers every request that waits for what the entry covers: nobody is left waiting for what is already allowed. */
  async function add(work: Work, actor: Actor, given: NewDomain): Promise<DomainRow> {
    const domain = normalise(given.domain, given.category);
    const row = await upsertDomain(work.tx, {
      id: chance.id('dom'),
      domain,
      category: given.category,
      description: given.description ?? '',
      isActive: true,
      createdAt: work.now,
      changedAt: work.now,
      changedBy: actor.name,
    });
    work.append(actor, 'domain_approved', { domain, category: row.category });
    for (const request of await lockPendingRequests(work.tx)) {
      if (entryFor((entry) => entry === domain, request.domain))
        await decide(work, actor, request, { status: 'approved', notes: '' });
    }
    return row;
  }

  async function decide(
    work: Work,
    actor: Actor,
    request: RequestRow,
    { status, notes }: { status: 'approved' | 'rejected'; notes: string },
  ): Promise<RequestRow> {
    const verdict = { status, notes, decidedBy: actor.name, decidedAt: work.now };
    await decideRequest(work.tx, request.id, verdict);
    const { id: requestId, domain, requestedBy, taskId } = request;
    if (status === 'rejected') work.append(actor, 'domain_rejected', { requestId, domain, requestedBy, reason: notes });
    if (isAgent(requestedBy)) {
      const because = notes === '' ? '' : `: ${notes}`;
      await inbox.send(work, actor, {
        to: requestedBy,
        body: `Your request for the domain ${domain} is ${status}${because}`,
        priority: 'high',
        data: { requestId, domain, status, taskId },
      });
    }
    return { ...request, ...verdict };
  }

  async function lockUndecided(work: Work, id: string): Promise<RequestRow> {
    const request = await lockRequest(work.tx, id);
    if (!request) throw new AppError('domain_request_not_found', `There is no domain request ${id}`);
    if (request.status === 'pending') return request;
    throw new AppError('domain_request_decided', `${request.status} by ${request.decidedBy} already`);
  }

  return {
    add,

    addByOperator: (actor: Actor, given: NewDomain): Promise<Domain> =>
      unitOfWork(async (work) => toDomain(await add(work, actor, given))),

    /** The next request of any agent is refused, and what is open is cut. */
    remove: (actor: Actor, input: string): Promise<void> =>
      unitOfWork(async (work) => {
        // Whatever category it has: here it need only be found.
        const result = normaliseDomain(input, 'internal');
        const domain = result.ok ? result.domain : input;
        if (!(await deactivateDomain(work.tx, domain, { changedAt: work.now, changedBy: actor.name })))
          throw new AppError('domain_not_found', `${domain} is not on the whitelist`);
        work.append(actor, 'domain_removed', { domain });
      }),

    /** An agent asks; once for a domain, whoever asks and however often. */
    async request(work: Work, actor: Actor, wish: DomainWish): Promise<WishAnswer> {
      const domain = normalise(wish.domain);
      const allowed = new Set((await activeDomains(work.tx)).map((entry) => entry.domain));
      if (entryFor((entry) => allowed.has(entry), domain))
        return { status: 'approved', domain, because: 'it is on the whitelist: just use it' };
      const pending = {
        status: 'pending' as const,
        domain,
        because: 'a human is asked; the answer comes to your inbox',
      };
      if (await findPendingRequest(work.tx, domain)) return pending;
      const verdict = await lastVerdict(work.tx, domain);
      if (verdict?.status === 'rejected')
        return { status: 'rejected', domain, because: verdict.notes || 'a human has refused it' };
      if ((await countPendingOf(work.tx, actor.name)) >= pendingMaxPerAgent) {
        const because = `${actor.name} waits for answers to ${pendingMaxPerAgent} domains already`;
        throw new AppError('domain_requests_full', because);
      }
      const { suggestedCategory, securityScore, findings } = assess(domain);
      const row = {
        ...wish,
        id: chance.id('dmr'),
        domain,
        requestedBy: actor.name,
        status: 'pending' as const,
        suggestedCategory,
        securityScore,
        findings,
        createdAt: work.now,
      };
      // False: another agent asked in the same moment, and its request stands for both.
      if (await insertRequest(work.tx, row)) {
        work.append(actor, 'domain_requested', {
          requestId: row.id,
          domain,
          requestedBy: actor.name,
          reason: wish.reason,
          suggestedCategory,
          securityScore,
        });
      }
      return pending;
    },

    /** The verdict and the entry are one transaction. */
    approve: (actor: Actor, id: string, { notes, category }: { notes: string; category?: string | undefined }) =>
      unitOfWork(async (work) => {
        const request = await lockUndecided(work, id);
        const approved = await decide(work, actor, request, { status: 'approved', notes });
        await add(work, actor, {
          domain: request.domain,
          category: category ?? request.suggestedCategory,
          description: request.reason.slice(0, 500),
        });
        return toRequest(approved);
      }),

    reject: (actor: Actor, id: string, { notes }: { notes: string }) =>
      unitOfWork(async (work) => {
        const request = await lockUndecided(work, id);
        return toRequest(await decide(work, actor, request, { status: 'rejected', notes }));
      }),

    async list(page: Page) {
      const { rows, total } = await listDomains(db, page);
      return { domains: rows.map(toDomain), total, ...page };
    },

    async listRequests(query: Page & { status: RequestStatus }) {
      const { rows, total } = await listRequests(db, query);
      return { requests: rows.map(toRequest), total, limit: query.limit, offset: query.offset };
    },

    /** Entry → category, of what is allowed now. */
    async active(reader: Queryable): Promise<ReadonlyMap<string, string>> {
      return new Map((await activeDomains(reader)).map(({ domain, category }) => [domain, category]));
    },

    /** Throws where adding would be refused. */
    check: ({ domain, category }: NewDomain): void => void normalise(domain, category),
  };
}

const toDomain = ({ id, domain, category, description, isActive }: DomainRow): Domain => ({
  id,
  domain,
  category,
  description,
  isActive,
});

const toRequest = (row: RequestRow): DomainRequest => ({
  ...row,
  findings: [...row.findings],
  createdAt: iso(row.createdAt),
  decidedAt: isoOrNull(row.decidedAt),
});
