import type { JobRunStatus } from '../../../../src/contracts/job.ts';
import type { Tone } from '../../parts/tone.ts';

export const runTones: Record<JobRunStatus, Tone> = { queued: 'plain', running: 'sky', done: 'felt', failed: 'blood' };
