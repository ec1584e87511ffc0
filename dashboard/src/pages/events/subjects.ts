import type { BoardroomEvent } from '../../../../src/contracts/event.ts';
import { roleName } from '../../parts/names.ts';

export interface Subject {
  readonly kind: 'decision' | 'task' | 'inbox' | 'agent' | 'domains' | 'schedules' | 'models' | 'settings' | 'keys';
  readonly to: string;
  readonly name: string;
}

type Rule = readonly [name: string, (value: string) => Omit<Subject, 'name'> & { readonly name?: string }];

const place = (kind: Subject['kind']): ReturnType<Rule[1]> => ({ kind, to: `/${kind}` });
const agent = (type: string) => ({ kind: 'agent' as const, to: `/agents/${type}`, name: roleName(type) });

/** Which value of a payload names something with a page of its own. */
const rules: readonly Rule[] = [
  ['decisionId', (id) => ({ kind: 'decision', to: `/decisions/${encodeURIComponent(id)}` })],
  ['taskId', (id) => ({ kind: 'task', to: `/tasks/${encodeURIComponent(id)}` })],
  ['escalationId', () => place('inbox')],
  ['agentType', agent],
  ['assignedTo', agent],
  ['voterType', agent],
  ['domain', () => place('domains')],
  ['jobId', () => place('schedules')],
  ['budget', () => place('models')],
  ['runId', () => place('models')],
  ['keyId', () => place('keys')],
];

/** The pages that tell more of what an event is about; each once. */
export function subjectsOf({ payload, eventType }: BoardroomEvent): Subject[] {
  const found = rules.flatMap(([name, subject]) => {
    const value = payload[name];
    // What a job did has the id of a run, too, and no benchmark.
    if (typeof value !== 'string' || (name === 'runId' && eventType.startsWith('job_'))) return [];
    return [{ name: '', ...subject(value) }];
  });
  if (eventType === 'setting_changed') found.push({ name: '', ...place('settings') });
  return found.filter(({ to }, index) => found.findIndex((other) => other.to === to) === index);
}
