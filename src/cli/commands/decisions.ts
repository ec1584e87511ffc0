import { Argument, Option } from '@commander-js/extra-typings';
import type { Answer } from '../../contracts/client.ts';
import { decisionStatusSchema, voteSchema } from '../../contracts/decision.ts';
import { limitOption, whole } from '../arguments.ts';
import type { Format } from '../text/screen.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

type Decision = Answer<'getDecision'>;
type Summary = Answer<'listDecisions'>['decisions'][number];

/** `decisions ls|show|vote|resolve|escalate`. */
export const addDecisionCommands: Register = (program, open) => {
  const decisions = program.command('decisions').description('what the team decides');
  decisions
    .command('ls')
    .description('decisions, newest first')
    .addOption(new Option('-s, --status <status>').choices(decisionStatusSchema.options))
    .addOption(limitOption(50))
    .action(async ({ status, limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listDecisions', { query: { status, limit } });
      screen.show(page, ({ decisions: rows }, format) => decisionTable(rows, format));
      noteMore(screen, page.decisions.length, page.total);
    });
  decisions
    .command('show')
    .description('one decision with its votes, statements and outcome')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      screen.show(await client.call('getDecision', { params: { id } }), decisionText);
    });
  decisions
    .command('vote')
    .description('vote on behalf of a voter; recorded as such')
    .argument('<id>')
    .addArgument(new Argument('<vote>').choices(voteSchema.options))
    .requiredOption('--as <type>', 'whose vote it is: a role, such as ceo')
    .option('-r, --reason <text>', 'why', '')
    .option('--round <number>', 'counts in this round or not at all, so that it can be repeated', whole(1, 1_000))
    .action(async (id, vote, { as: voterType, reason, round }) => {
      const { client, screen } = await open();
      const body = { voterType, vote, reason, ...(round !== undefined && { round }) };
      const { decision } = await client.call('castVote', { params: { id }, body });
      screen.show(decision, stateText);
    });
  decisions
    .command('escalate')
    .description('take a pending decision away from the voters, to a human')
    .argument('<id>')
    .requiredOption('-r, --reason <text>', 'why')
    .action(async (id, { reason }) => {
      const { client, screen } = await open();
      const { decision } = await client.call('escalateDecision', { params: { id }, body: { reason } });
      screen.show(decision, stateText);
    });
  decisions
    .command('resolve')
    .description('decide an escalated decision')
    .argument('<id>')
    .addArgument(new Argument('<decision>').choices(['approve', 'reject'] as const))
    .requiredOption('-r, --reason <text>', 'why')
    .action(async (id, decision, { reason }) => {
      const { client, screen } = await open();
      const answer = await client.call('resolveDecision', { params: { id }, body: { decision, reason } });
      screen.show(answer.decision, stateText);
    });
};

const decisionTable = (rows: readonly Summary[], { table }: Format): string =>
  table(
    [
      { head: 'DECISION', cell: ({ id }) => id, kind: 'id' },
      { head: 'STATUS', cell: ({ status }) => status },
      { head: 'TIER', cell: ({ decisionType }) => decisionType },
      { head: 'CEO', cell: ({ ceoVote }) => ceoVote },
      { head: 'DAO', cell: ({ daoVote }) => daoVote },
      { head: 'TITLE', cell: ({ title }) => title, kind: 'text' },
    ],
    rows,
  );

const stateText = (
  { id, status, ceoVote, daoVote }: Pick<Summary, 'id' | 'status' | 'ceoVote' | 'daoVote'>,
  { paint }: Format,
): string => `${id} is ${paint(status)}; CEO ${paint(ceoVote ?? '–')}, DAO ${paint(daoVote ?? '–')}`;

const decisionText = (decision: Decision, { fields, paint, time }: Format): string =>
  fields([
    ['decision', decision.id],
    ['title', decision.title],
    ['status', `${paint(decision.status)}: ${decision.because}`],
    ['tier', decision.decisionType],
    ['by', `${decision.proposedBy} ${time(decision.createdAt)}`],
    ['round', decision.round],
    ['deadline', decision.deadline === null || decision.resolvedAt !== null ? null : time(decision.deadline)],
    ['task', decision.taskId],
    ['text', decision.description],
    ['votes', decision.votes.map((vote) => voteText(vote, paint)).join('\n')],
    [
      'statements',
      decision.statements.map(({ round, agentType, statement }) => `${round}. ${agentType}: ${statement}`).join('\n'),
    ],
    ['escalated', decision.escalation && `${time(decision.escalation.createdAt)}: ${decision.escalation.reason}`],
    ['resolved', decision.resolvedAt && `${time(decision.resolvedAt)} by ${decision.resolvedBy ?? 'system'}`],
    ['on approval', decision.onApprove.map(outcomeText).join('\n')],
  ]);

const voteText = (
  { round, voterType, vote, reason, castBy }: Decision['votes'][number],
  paint: Format['paint'],
): string => `${round}. ${voterType} ${paint(vote)}${castBy === voterType ? '' : ` (by ${castBy})`}: ${reason}`;

const outcomeText = ({ action, status, outcome }: Decision['onApprove'][number]): string =>
  `${action.kind} ${status}${outcome === null ? '' : `: ${outcome}`}`;
