import type { Vote } from '../../contracts/decision.ts';
import type { Tier } from '../../contracts/policy.ts';
import { stableNumber } from './rehearsal-hash.ts';

/** How a role sees things: the whole difference between the seven. */
interface Voice {
  readonly title: string;
  readonly lens: string;
  readonly hopes: string;
  readonly doubts: string;
  readonly work: string;
}

const voices: Readonly<Record<string, Voice>> = {
  ceo: {
    title: 'CEO',
    lens: 'where the company is going',
    hopes: 'it takes us a step further on the course we set',
    doubts: 'it would pull us off the course we set',
    work: 'weighed the options, settled the direction and told the roles that carry it',
  },
  dao: {
    title: 'the DAO',
    lens: 'what the token holders carry',
    hopes: 'the cost is bounded and the community gains from it',
    doubts: 'the holders would carry a risk whose bound I cannot see',
    work: 'read the matter as a holder would and wrote down what the community must know',
  },
  cmo: {
    title: 'CMO',
    lens: 'the people outside who hear of us',
    hopes: 'it gives people a reason to listen to us',
    doubts: 'it may promise people more than we keep',
    work: 'settled audience and message, wrote the text and planned the first weeks',
  },
  cto: {
    title: 'CTO',
    lens: 'what has to run and to stay running',
    hopes: 'we can build it in small steps and take each one back',
    doubts: 'there is no way back in it if it goes wrong',
    work: 'cut it into steps that can be undone, carried them out and checked the result',
  },
  cfo: {
    title: 'CFO',
    lens: 'the money and its limits',
    hopes: 'what it costs is small beside what it can bring',
    doubts: 'its cost has no upper limit yet',
    work: 'added up cost and benefit and put a limit on the spending',
  },
  coo: {
    title: 'COO',
    lens: 'who does it, and by when',
    hopes: 'the people and the time for it are there',
    doubts: 'it takes hands that are busy elsewhere',
    work: 'named who does what by when and followed it to the end',
  },
  cco: {
    title: 'CCO',
    lens: 'the rules we are held to',
    hopes: 'I see no rule against it and a record of why we do it',
    doubts: 'the record does not show yet that it is allowed',
    work: 'compared it with the rules that apply and recorded the finding',
  },
};

const plainVoice: Voice = {
  title: 'this role',
  lens: 'the work at hand',
  hopes: 'it helps the work along',
  doubts: 'it would not help the work along',
  work: 'did what the task says, step by step',
};

const voiceOf = (role: string): Voice => voices[role] ?? plainVoice;

/** Everything the rehearsal writes says what it is. */
export const rehearsed = (text: string, max = 2_000): string => {
  const marked = `[rehearsal] ${text}`;
  return marked.length <= max ? marked : `${marked.slice(0, max - 2).toWellFormed()} …`;
};

export interface Matter {
  readonly role: string;
  readonly title: string;
  readonly description: string;
  readonly tier: Tier;
  readonly round: number;
  readonly statements: readonly { readonly agentType: string; readonly statement: string }[];
}

export function voteReason(vote: Vote, matter: Matter): string {
  const { role, title, tier, round } = matter;
  const { lens, hopes, doubts } = voiceOf(role);
  const opening = `I look at ${lens}. "${title}" is ${article(tier)} ${tier} matter: ${gistOf(matter)}`;
  if (round === 1) {
    return rehearsed(
      vote === 'approve'
        ? `${opening} I approve, since ${hopes}.`
        : `${opening} I veto for now: ${doubts}. Let the C-level speak.`,
    );
  }
  const heard = heardIn(matter);
  return rehearsed(
    vote === 'approve' ? `${heard} I approve "${title}": ${hopes}.` : `${heard} I still veto "${title}": ${doubts}.`,
  );
}

/** For or against, but always with what the role looks at. */
export function statementOn(matter: Matter): string {
  const { role, title } = matter;
  const { title: name, lens, hopes, doubts } = voiceOf(role);
  const view =
    stableNumber(`${role}:${title}`) % 4 === 0
      ? `I have a concern, ${doubts}; with a limit and a date to look at it again I could live with it`
      : `I am for it, ${hopes}`;
  return rehearsed(`As ${name} I look at ${lens}. On "${title}": ${view}. ${gistOf(matter)}`, 4_000);
}

export const workOf = (role: string): string => voiceOf(role).work;

const article = (tier: Tier): string => (tier === 'operational' ? 'an' : 'a');

/** The first sentence of the description. */
function gistOf({ description }: Matter): string {
  const first =
    description
      .replace('[rehearsal] ', '')
      .split(/(?<=[.!?])\s|\n/)[0]
      ?.trim() ?? '';
  return first === '' ? 'it came without a description.' : `"${first.slice(0, 200).toWellFormed()}"`;
}

function heardIn({ statements, round }: Matter): string {
  if (statements.length === 0) return `Round ${round}, and nobody has spoken against it.`;
  const names = [...new Set(statements.map(({ agentType }) => agentType.toUpperCase()))];
  return `Round ${round}: I have heard ${names.join(', ')}.`;
}
