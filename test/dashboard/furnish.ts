import { expect } from 'vitest';
import type { TestBoardroom } from '../support/boardroom.ts';
import { eventually } from '../support/eventually.ts';

/** The board can't agree on it: what the DAO thinks of titles is in the rehearsal's rules. */
export const contested = 'Gamble the reserves on one venue';

/** Fills the house with something of everything, and waits until the agents have done their part. */
export async function furnish(room: TestBoardroom): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const answer = await room.call('POST', path, { body });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  };
  await post('/settings/decisions/statement_window', { value: 0 });
  await post('/tasks', { title: 'Launch the newsletter', assignTo: 'cmo', priority: 'critical' });
  await post('/tasks', { title: 'Tidy up the backlog', assignTo: 'coo', priority: 'operational' });
  const { id } = await post('/decisions', { title: contested, description: 'It is **cheaper** that way.' });
  await post(`/decisions/${id}/escalate`, { reason: 'The board would go on for ever' });
  await post('/decisions', { title: 'Open an office in Lisbon', decisionType: 'critical' });
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
  await eventually(async () => (await room.call('GET', '/escalations')).body.total >= 2 || undefined, {
    withinMs: 60_000,
    what: 'two escalations',
  });
}
