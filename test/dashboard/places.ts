import type { TestBoardroom } from '../support/boardroom.ts';

/** Every page, those of single things included. */
export async function placesOf(room: Pick<TestBoardroom, 'call'>): Promise<string[]> {
  const [{ body: decisions }, { body: tasks }, { body: waiting }] = await Promise.all([
    room.call('GET', '/decisions?limit=1'),
    room.call('GET', '/tasks?limit=1'),
    room.call('GET', '/escalations'),
  ]);
  const ofEachKind = new Map(waiting.escalations.map(({ kind, id }: Record<string, string>) => [kind, id]));
  return [
    '/',
    '/inbox',
    ...[...ofEachKind.values()].map((id) => `/inbox?item=${id}`),
    '/decisions',
    `/decisions/${decisions.decisions[0].id}`,
    '/agents',
    '/agents/cmo',
    ...['log', 'tasks', 'memory', 'spend', 'exits', 'profile'].map((tab) => `/agents/cmo?tab=${tab}`),
    '/tasks',
    `/tasks/${tasks.tasks[0].id}`,
    '/domains',
    '/events',
    '/models',
    '/models?tab=benchmark',
    '/schedules',
    '/settings',
    ...['direction', 'notifications', 'history'].map((tab) => `/settings?tab=${tab}`),
    '/keys',
    '/nowhere',
  ];
}
