import { AppError } from '../../contracts/errors.ts';
import type { Escalation } from '../../contracts/escalation.ts';
import type { Answer } from '../../contracts/notification.ts';
import type { DecisionService } from '../decisions/service.ts';
import type { EscalationService } from '../escalations/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { AnswerLinks } from './answer-links.ts';
import type { ChannelService } from './channels.ts';
import { findNotification } from './store.ts';

export type AnswerService = ReturnType<typeof createAnswerService>;

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly links: AnswerLinks;
  readonly channels: ChannelService;
  readonly escalations: EscalationService;
  readonly decisions: DecisionService;
}

/** What a link asks, while it may be answered. */
export interface Question {
  readonly escalation: Escalation;
  readonly channel: string;
}

/** A link in a mailbox is a key to one door; it does not stay one for ever. */
const linkMsMax = 7 * 86_400_000;

/**
 * Answers by links. That a link works once is the escalation's doing: it is answered once, whoever tries how often, under its own
 * lock. A channel that is removed, disabled or no longer has `answerLinks` takes its links with it.
 */
export function createAnswerService({ postgres: { db }, clock, links, channels, escalations, decisions }: Deps) {
  async function question(token: string): Promise<Question> {
    const id = links.idIn(token);
    const row = id === undefined ? undefined : await findNotification(db, id);
    if (row?.subject.type !== 'escalation') throw new AppError('answer_link_not_found', 'This is no link of ours');
    const channel = (await channels.all(db)).find(({ name }) => name === row.channel);
    if (channel?.enabled !== true || !channel.answerLinks)
      throw new AppError('answer_link_not_found', 'Links of this channel no longer answer');
    if (clock.now() - row.createdAt > linkMsMax)
      throw new AppError('answer_link_expired', 'This link is older than seven days; answer at the board itself');
    const escalation = await escalations.get(db, row.subject.id);
    if (escalation.status === 'resolved') throw answered(escalation);
    return { escalation, channel: row.channel };
  }

  return {
    question,

    /** Throws `answer_link_used` when another answer was faster. */
    async answer(token: string, { verdict, words }: Answer): Promise<Question> {
      const asked = await question(token);
      const { id, kind, subject } = asked.escalation;
      const actor = { name: `channel:${asked.channel}`, agentId: null };
      if ((kind === 'decision') !== (verdict !== 'answer') || (verdict === 'answer' && words.trim() === ''))
        throw new AppError('invalid_request', kind === 'decision' ? 'Approve or reject it' : 'An answer has words');
      try {
        if (verdict === 'answer') await escalations.resolve(actor, id, words);
        else
          await decisions.resolve(actor, subject, { decision: verdict, reason: words.trim() || `${verdict} by link` });
      } catch (error) {
        throw isClosed(error) ? answered(await escalations.get(db, id)) : error;
      }
      return asked;
    },
  };
}

const isClosed = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'escalation_closed' || error.code === 'not_escalated');

const answered = ({ title, resolvedBy, resolution }: Escalation) =>
  new AppError('answer_link_used', `"${title}" is answered already, by ${resolvedBy}: ${resolution}`);
