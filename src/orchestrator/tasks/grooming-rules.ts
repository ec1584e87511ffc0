import type { Priority, TaskFlag } from '../../contracts/task.ts';
import { priorityOrder } from './rules.ts';

/** What of an open task is looked at. */
export interface OpenTask {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: 'pending' | 'in_progress';
  readonly priority: Priority;
  /** As it was given; age raises from here, so that looking twice raises once. */
  readonly givenPriority: Priority;
  readonly assignedTo: string;
  readonly createdAt: number;
  readonly dueAt: number | null;
  readonly flags: readonly TaskFlag[];
  readonly duplicateOf: string | null;
  readonly suggestedAssignee: string | null;
  /** Its elders were looked for, and none can come any more. */
  readonly compared: boolean;
}

/** What is different after grooming. */
export type Grooming = Pick<OpenTask, 'priority' | 'flags' | 'duplicateOf' | 'suggestedAssignee'>;

/** A role that could do it. */
export interface Candidate {
  readonly type: string;
  readonly keywords: readonly string[];
  /** Wanted running. */
  readonly isThere: boolean;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const staleAfterMs = 7 * dayMs;
const likeness = 0.85;
/** Of a description: enough to tell two tasks of one title apart. */
const describedCharacters = 200;

interface Known {
  readonly candidates: readonly Candidate[];
  /** Of each task that was looked up, open tasks before it that say nearly the same; the others stay as they are linked. */
  readonly alike: ReadonlyMap<string, readonly string[]>;
  readonly now: number;
}

/** Of each task that is not as it should be, how it should be. Tasks come eldest first. */
export function groom(tasks: readonly OpenTask[], { candidates, alike, now }: Known): ReadonlyMap<string, Grooming> {
  const elders = linked(tasks, alike);
  const isThere = (type: string) => candidates.some((candidate) => candidate.type === type && candidate.isThere);
  return new Map(
    tasks.flatMap((task) => {
      const duplicateOf = elders.get(task.id) ?? null;
      const isOrphan = !isThere(task.assignedTo);
      const flags: TaskFlag[] = [];
      if (task.dueAt !== null && task.dueAt <= now) flags.push('overdue');
      if (task.status === 'pending' && now - task.createdAt >= staleAfterMs) flags.push('stale');
      if (duplicateOf !== null) flags.push('likely_duplicate');
      if (isOrphan) flags.push('unassigned');
      const should: Grooming = {
        priority: raised(task, now),
        flags,
        duplicateOf,
        suggestedAssignee: isOrphan ? (assigneeFor(task, candidates) ?? null) : null,
      };
      return isAs(task, should) ? [] : [[task.id, should] as const];
    }),
  );
}

const isAs = (task: OpenTask, should: Grooming): boolean =>
  task.priority === should.priority &&
  task.duplicateOf === should.duplicateOf &&
  task.suggestedAssignee === should.suggestedAssignee &&
  task.flags.join() === should.flags.join();

/** To the first of its kind, which is linked to nothing: those that follow are all linked to that one. */
function linked(tasks: readonly OpenTask[], alike: Known['alike']): ReadonlyMap<string, string> {
  const elders = new Map<string, string>();
  for (const { id, duplicateOf } of tasks) {
    const found = alike.get(id);
    const elder = found ? found.find((each) => !elders.has(each)) : duplicateOf;
    if (elder) elders.set(id, elder);
  }
  return elders;
}

/** What is written at this moment may be committed after a younger one: a minute later it is there. */
const settledMs = 60_000;

/** Those that have to be looked up: new ones, and those whose elder is done. */
export const uncertain = (tasks: readonly OpenTask[], stillOpen: ReadonlySet<string>): readonly OpenTask[] =>
  tasks.filter(({ compared, duplicateOf }) => !compared || (duplicateOf !== null && !stillOpen.has(duplicateOf)));

export const isSettled = ({ createdAt }: Pick<OpenTask, 'createdAt'>, now: number): boolean =>
  now - createdAt >= settledMs;

/** What `tasks_alike` does in the database, among these alone: for a database that cannot compare. */
export function alikeAmongThese(tasks: readonly OpenTask[]): ReadonlyMap<string, readonly string[]> {
  const elders = duplicatesIn(
    tasks.map(({ id, title, description }) => ({ id, text: `${title} ${description.slice(0, describedCharacters)}` })),
  );
  return new Map(tasks.map(({ id }) => [id, [elders.get(id) ?? []].flat()]));
}

/** A step for each day that it waits, up to high; due within a day: high; overdue: urgent. Never less than it is. */
export function raised(
  task: Pick<OpenTask, 'status' | 'priority' | 'givenPriority' | 'createdAt' | 'dueAt'>,
  now: number,
): Priority {
  const rank = (priority: Priority) => priorityOrder.indexOf(priority);
  const days = task.status === 'pending' ? Math.max(0, Math.floor((now - task.createdAt) / dayMs)) : 0;
  const byAge = Math.max(rank(task.givenPriority) - days, Math.min(rank('high'), rank(task.givenPriority)));
  const left = task.dueAt === null ? Number.POSITIVE_INFINITY : task.dueAt - now;
  const byDueDate = left <= 0 ? rank('urgent') : left <= dayMs ? rank('high') : Number.POSITIVE_INFINITY;
  return priorityOrder[Math.min(rank(task.priority), byAge, byDueDate)] ?? task.priority;
}

/** The role that is there and whose keywords the task names most often; nobody when two are as good. */
export function assigneeFor(
  task: Pick<OpenTask, 'title' | 'description'>,
  candidates: readonly Candidate[],
): string | undefined {
  const words = new Set(wordsOf(`${task.title} ${task.description}`));
  const scored = candidates
    .filter(({ isThere }) => isThere)
    .map(({ type, keywords }) => ({
      type,
      score: keywords.filter((keyword) => words.has(keyword.toLowerCase())).length,
    }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = scored;
  return best && best.score > 0 && best.score > (next?.score ?? 0) ? best.type : undefined;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** As Postgres' pg_trgm cuts them: of each word, two blanks before and one behind it. */
export const trigramsOf = (text: string): ReadonlySet<string> =>
  new Set(
    wordsOf(text).flatMap((word) => {
      const padded = `  ${word} `;
      return Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
    }),
  );

/** Those that both have, as a part of all that either has: 0 to 1. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const part of a) if (b.has(part)) shared += 1;
  return a.size + b.size === 0 ? 0 : shared / (a.size + b.size - shared);
}

/**
 * Of each text that is nearly the same as an earlier one, the first of those. Two sets as alike as that are of nearly the same size and
 * share at least one of their few rarest parts, so only such texts are compared, and a thousand tasks do not cost a million looks.
 */
export function duplicatesIn(
  texts: readonly { readonly id: string; readonly text: string }[],
): ReadonlyMap<string, string> {
  const sets = texts.map(({ id, text }) => ({ id, parts: trigramsOf(text) }));
  const frequency = new Map<string, number>();
  for (const { parts } of sets) for (const part of parts) frequency.set(part, (frequency.get(part) ?? 0) + 1);
  // Rarest first; one order for all, made once.
  const inOrder = [...frequency].sort(([a, often], [b, seldom]) => often - seldom || (a < b ? -1 : 1));
  const rank = new Map(inOrder.map(([part], place) => [part, place]));
  const firsts = new Map<number, Cut[]>();
  const elders = new Map<string, string>();
  for (const entry of sets) {
    const { size } = entry.parts;
    const ranks = Uint32Array.from(entry.parts, (part) => rank.get(part) ?? 0).sort();
    const rarest = ranks.subarray(0, size - Math.ceil(likeness * size) + 1);
    const elder = alikeAmong(firsts, rarest, entry.parts);
    // The first of its kind: those that follow are all linked to that one.
    if (elder) elders.set(entry.id, elder.id);
    else
      for (const part of rarest)
        firsts
          .set(part, firsts.get(part) ?? [])
          .get(part)
          ?.push(entry);
  }
  return elders;
}

interface Cut {
  readonly id: string;
  readonly parts: ReadonlySet<string>;
}

function alikeAmong(
  firsts: ReadonlyMap<number, readonly Cut[]>,
  rarest: Uint32Array,
  parts: ReadonlySet<string>,
): Cut | undefined {
  const looked = new Set<Cut>();
  for (const part of rarest) {
    for (const first of firsts.get(part) ?? []) {
      if (looked.has(first)) continue;
      looked.add(first);
      const [less, more] = parts.size < first.parts.size ? [parts, first.parts] : [first.parts, parts];
      if (less.size >= likeness * more.size && similarity(less, more) >= likeness) return first;
    }
  }
  return undefined;
}
