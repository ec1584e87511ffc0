import type { ToolOutput } from '../contracts/tools.ts';
import type { Briefing } from './briefing.ts';
import type { WakeFrame } from './frames.ts';
import { isRecord } from './json.ts';
import type { Toolbox } from './toolbox.ts';

/** What the team knows of what the agent was woken for. */
export type Knowledge = NonNullable<ToolOutput<'recall'>['documents']>;

/** Enough for the point of it; the model asks for more itself. */
const documentsMax = 4;
/** As much of a question as the tool takes. */
const queryCharactersMax = 200;
const wordsPerSubject = 80;

/** One call, and none for a loop that is about nothing in particular. It is a help: without an answer the turn goes on. */
export async function gatherKnowledge(toolbox: Toolbox, wake: WakeFrame, briefing: Briefing): Promise<Knowledge> {
  const query = questionOf(wake, briefing);
  if (query === '' || !toolbox.offered.some(({ name }) => name === 'recall')) return [];
  const answer = await toolbox.call('recall', { query, limit: documentsMax });
  if (answer.outcome === 'refused' || !isRecord(answer.data)) return [];
  // The gateway has checked its answer against the tool's schema.
  const { documents = [] } = answer.data as unknown as ToolOutput<'recall'>;
  return documents.filter(({ source }) => !isShown(source, briefing)).slice(0, documentsMax);
}

/** The titles and first words of what it was woken for; of all that waits when the wake names nothing that is there. */
function questionOf({ wakes }: WakeFrame, briefing: Briefing): string {
  const matters = [
    ...briefing.tasks.tasks.map(({ id, title }) => ({ id, words: title })),
    ...briefing.decisions.decisions.map(({ id, title }) => ({ id, words: title })),
    ...briefing.inbox.messages.map(({ id, body }) => ({ id, words: body })),
  ];
  const subjects = new Set(wakes.flatMap((each) => each.subjects));
  const named = matters.filter(({ id }) => subjects.has(id));
  const words = (named.length > 0 ? named : matters).map((matter) => plain(matter.words).slice(0, wordsPerSubject));
  return words.join(' ').slice(0, queryCharactersMax).toWellFormed().trim();
}

/** Words alone: what others wrote must not turn into the search's operators. */
const plain = (text: string): string => text.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();

/** Stands in the briefing already. */
function isShown(source: string, { notes, tasks, decisions }: Briefing): boolean {
  return (
    notes.notes.some(({ key }) => source.startsWith('memory:') && source.endsWith(`:${key}`)) ||
    [...tasks.tasks, ...decisions.decisions].some(({ id }) => source.endsWith(`:${id}`))
  );
}
