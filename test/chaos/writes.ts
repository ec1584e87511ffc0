import type pg from 'pg';

export type WriteKind = 'task' | 'decision' | 'message' | 'vote' | 'cancel' | 'escalate' | 'resolve';

/** One write by a pool of the API, and what it heard of it. */
export interface Write {
  readonly kind: WriteKind;
  /** Written nowhere else: by it the row is found again. */
  readonly mark: string;
  /** `unanswered`: the orchestrator died over it, or said that it cannot tell. */
  readonly outcome: 'acknowledged' | 'refused' | 'unanswered';
}

/** Where each kind of write leaves its mark. */
const marks: Readonly<Record<WriteKind, string>> = {
  task: 'select title as mark from tasks where title = any($1)',
  decision: 'select title as mark from decisions where title = any($1)',
  message: 'select body as mark from messages where body = any($1)',
  vote: 'select reason as mark from decision_votes where reason = any($1)',
  cancel: `select result as mark from tasks where status = 'cancelled' and result = any($1)`,
  escalate: `select reason as mark from escalations where kind = 'decision' and reason = any($1)`,
  resolve: `select because as mark from decisions where status in ('approved', 'rejected') and because = any($1)`,
};

/** What was acknowledged is there, what was refused is not, what was not answered is there once or not at all. */
export async function checkWrites(pool: pg.Pool, writes: readonly Write[]): Promise<string[]> {
  const findings: string[] = [];
  for (const [kind, sql] of Object.entries(marks)) {
    const ours = writes.filter((write) => write.kind === kind);
    const { rows } = await pool.query<{ mark: string }>(sql, [ours.map(({ mark }) => mark)]);
    const counts = new Map<string, number>();
    for (const { mark } of rows) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    for (const { mark, outcome } of ours) {
      const count = counts.get(mark) ?? 0;
      if (!isAllowed(outcome, count)) findings.push(`${outcome} ${kind} "${mark}" is there ${count} times`);
    }
  }
  return findings;
}

function isAllowed(outcome: Write['outcome'], count: number): boolean {
  switch (outcome) {
    case 'acknowledged':
      return count === 1;
    case 'refused':
      return count === 0;
    case 'unanswered':
      return count <= 1;
  }
}
