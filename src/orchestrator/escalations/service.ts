import { AppError } from '../../contracts/errors.ts';
import type { Escalation, EscalationKind, EscalationPriority } from '../../contracts/escalation.ts';
import type { Actor, UnitOfWork, Work } from '../events/work.ts';
import type { InboxService } from '../inbox/service.ts';
import type { Chance } from '../platform/identity.ts';
import { iso, isoOrNull } from '../platform/iso.ts';
import type { Queryable } from '../platform/postgres.ts';
import {
  closeEscalation,
  type EscalationRow,
  findEscalation,
  findOpenAfter,
  findOpenFor,
  findOpenOf,
  insertEscalation,
  listEscalations,
  lockEscalation,
} from './store.ts';

export type EscalationService = ReturnType<typeof createEscalationService>;

export interface NewEscalation {
  readonly kind: EscalationKind;
  /** A decision's id or an agent's type. */
  readonly subject: string;
  readonly title: string;
  readonly reason: string;
  readonly priority: EscalationPriority;
}

interface Deps {
  readonly unitOfWork: UnitOfWork;
  readonly inbox: InboxService;
  readonly chance: Chance;
  /** A human has answered for an agent that ran in circles over this. */
  readonly onStuckAnswered: (work: Work, subject: string) => Promise<void>;
}

/** What waits for a human. */
export function createEscalationService({ unitOfWork, inbox, chance, onStuckAnswered }: Deps) {
  async function close(
    work: Work,
    row: EscalationRow,
    end: { actor: Actor; resolution: string },
  ): Promise<EscalationRow> {
    const closed = { resolvedAt: work.now, resolvedBy: end.actor.name, resolution: end.resolution };
    await closeEscalation(work.tx, row.id, closed);
    work.append(end.actor, 'escalation_resolved', { ...named(row), resolution: end.resolution });
    return { ...row, ...closed, status: 'resolved' };
  }

  return {
    /** The open escalation's id; there is one for each thing, however often it is raised (questions to a human aside). */
    async open(work: Work, actor: Actor, escalation: NewEscalation): Promise<string> {
      const row = { ...escalation, id: chance.id('esc'), status: 'open' as const, createdAt: work.now };
      if (!(await insertEscalation(work.tx, row))) {
        const existing = await findOpenFor(work.tx, escalation.kind, escalation.subject);
        // Closed between our insert and our look: then nothing is open, and the next cause raises it again.
        return existing?.id ?? row.id;
      }
      work.append(actor, 'escalation_created', { ...named(row), reason: row.reason, priority: row.priority });
      return row.id;
    },

    /** Closes what is open for this subject; nothing open is no error. */
    async settle(
      work: Work,
      what: { kind: EscalationKind; subject: string },
      end: { actor: Actor; resolution: string },
    ): Promise<void> {
      const row = await findOpenFor(work.tx, what.kind, what.subject);
      if (row) await close(work, row, end);
    },

    /** A human's answer. Decisions have a door of their own, because their answer approves or rejects. */
    resolve: (actor: Actor, id: string, resolution: string): Promise<Escalation> =>
      unitOfWork(async (work) => {
        const row = await lockEscalation(work.tx, id);
        if (!row) throw noSuchEscalation(id);
        if (row.status === 'resolved')
          throw new AppError('escalation_closed', `Resolved by ${row.resolvedBy}: ${row.resolution}`);
        if (row.kind === 'decision') {
          throw new AppError('not_allowed', `Resolve the decision itself: POST /decisions/${row.subject}/resolve`);
        }
        if (row.kind === 'human_requested') {
          const data = { escalationId: row.id, question: row.reason };
          await inbox.send(work, actor, { to: row.subject, body: resolution, priority: 'high', data });
        }
        if (row.kind === 'agent_stuck') await onStuckAnswered(work, row.subject);
        return toEscalation(await close(work, row, { actor, resolution }));
      }),

    async list(db: Queryable, query: { status: 'open' | 'resolved'; limit: number; offset: number }) {
      const { rows, total } = await listEscalations(db, query);
      return { escalations: rows.map(toEscalation), total, limit: query.limit, offset: query.offset };
    },

    async get(db: Queryable, id: string): Promise<Escalation> {
      const row = await findEscalation(db, id);
      if (!row) throw noSuchEscalation(id);
      return toEscalation(row);
    },

    openAfter: (db: Queryable, id: string, limit: number) => findOpenAfter(db, id, limit),

    openOf: (db: Queryable, kind: EscalationKind) => findOpenOf(db, kind),

    findOpen: (db: Queryable, kind: EscalationKind, subject: string) => findOpenFor(db, kind, subject),
  };
}

const noSuchEscalation = (id: string) => new AppError('escalation_not_found', `There is no escalation ${id}`);

const named = ({ id, kind, subject, title }: Pick<EscalationRow, 'id' | 'kind' | 'subject' | 'title'>) => ({
  escalationId: id,
  kind,
  subject,
  title,
  ...(kind === 'decision' && { decisionId: subject }),
});

const toEscalation = (row: EscalationRow): Escalation => ({
  ...row,
  createdAt: iso(row.createdAt),
  resolvedAt: isoOrNull(row.resolvedAt),
});
