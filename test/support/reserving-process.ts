// A process of its own that reserves room for a call and never settles it, so that a test can kill -9 it in between.
// reserving-process.ts <database url> <now>: reserves 4 USD of the CMO's at this time, says so, and waits.
import { createWriteStream } from 'node:fs';
import { reservationMs } from '../../src/orchestrator/budgets/accounts.ts';
import { startOf } from '../../src/orchestrator/budgets/rules.ts';
import { reserve } from '../../src/orchestrator/budgets/store.ts';
import { createPostgres } from '../../src/orchestrator/platform/postgres.ts';

const [url = '', at = ''] = process.argv.slice(2);
const now = Number(at);
const limits = { connectTimeoutMs: 5_000, statementTimeoutMs: 5_000, lockTimeoutMs: 5_000 };
const postgres = createPostgres(url, { ...limits, poolSize: 1, idleInTransactionTimeoutMs: 5_000 }, console.error);
const call = { id: 'mcl_1', agentType: 'cmo', instanceId: 'ins_cmo', provider: 'anthropic', model: 'sonnet' };
const periods = { dayStartsAt: startOf('daily', now), monthStartsAt: startOf('monthly', now) };
const times = { ...periods, createdAt: now, expiresAt: now + reservationMs };
const { granted } = await reserve(postgres.pool, { ...call, ...times, microUsd: 4_000_000, tokens: 1_000 }, []);
createWriteStream('', { fd: 1 }).write(granted ? 'reserved\n' : 'refused\n');
setInterval(() => undefined, 60_000);
