import type { AgentLoop } from './agent-summary.ts';

export type Entry =
  | { readonly kind: 'loop'; readonly loop: AgentLoop }
  /** Two and more in a row that found nothing to do. */
  | { readonly kind: 'idle'; readonly loops: readonly AgentLoop[] };

/** What is worth a line of its own: loops that found nothing to do are told in one, however many. Newest first. */
export function entriesOf(loops: readonly AgentLoop[]): readonly Entry[] {
  const entries: Entry[] = [];
  let idle: AgentLoop[] = [];
  const close = () => {
    const [only] = idle;
    if (only) entries.push(idle.length === 1 ? { kind: 'loop', loop: only } : { kind: 'idle', loops: idle });
    idle = [];
  };
  for (const loop of loops) {
    if (loop.status === 'idle') idle.push(loop);
    else {
      close();
      entries.push({ kind: 'loop', loop });
    }
  }
  close();
  return entries;
}

/** What a call was given, without its tool's name before it: `claim_task(taskId: tsk_…)` → `taskId: tsk_…`. */
export const argumentsOf = ({ actionType, summary }: AgentLoop['calls'][number]): string =>
  summary.startsWith(`${actionType}(`) ? summary.slice(actionType.length + 1).replace(/\)$/, '') : summary;

/** The page that shows what a loop was woken for. */
export function placeOfSubject(subject: string): '/tasks/$id' | '/decisions/$id' | undefined {
  if (subject.startsWith('tsk_')) return '/tasks/$id';
  return subject.startsWith('dec_') ? '/decisions/$id' : undefined;
}
