import type { TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

/** Fills the house with something of everything, and waits until the agents have done their part. */
export async function furnish(room: Pick<TestBoardroom, 'call'>): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const answer = await room.call('POST', path, { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await post('/settings/decisions/statement_window', { value: 0 });
  await post('/tasks', { title: 'Launch the newsletter', assignTo: 'cmo', priority: 'critical' });
  await post('/tasks', { title: 'Tidy up the backlog', assignTo: 'coo', priority: 'operational' });
  await post('/tasks', { title: 'Answer the auditors', assignTo: 'cfo', priority: 'urgent' });
  await post('/tasks', { title: 'Rewrite the onboarding guide', assignTo: 'cto', priority: 'low' });
  await post('/decisions', {
    title: 'Open an office in Lisbon',
    decisionType: 'critical',
    description: 'Rent is **half** of ours, and three of us live there.\n\n- twelve desks\n- two years',
  });
  await post('/decisions', { title: 'Gamble the reserves on one venue', description: 'It is *cheaper* that way.' });
  await post('/decisions', {
    title: 'Let the agents read the press archive',
    onApprove: [{ kind: 'whitelist_domain', domain: 'press.example.com', category: 'news' }],
  });
  await post('/domains/whitelist', { domain: 'api.example.com', category: 'data' });
  await post('/scheduler/jobs', {
    id: 'monday-report',
    schedule: '0 9 * * 1',
    template: { task: { title: 'Write the weekly report', assignTo: 'coo' } },
  });
  await eventually(async () => (await room.call('GET', '/tasks?status=completed')).body.total > 0 || undefined, {
    withinMs: 60_000,
    what: 'the newsletter',
  });
  await post('/settings/budgets/cfo', { value: { monthly: { calls: 0 } } });
  await post('/tasks', { title: 'Check the travel expenses', assignTo: 'cfo', priority: 'critical' });
  await eventually(async () => (await room.call('GET', '/escalations')).body.total >= 3 || undefined, {
    withinMs: 60_000,
    what: 'two decisions and a budget that wait for a human',
  });
}
