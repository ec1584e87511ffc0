/** One thing that is measured, as a part of what there is of it; beyond 1 there is none left. */
export interface Reading {
  readonly alert: AlertName;
  readonly value: number;
}

/** Raised from `raiseAt` on, cleared below `clearAt`: between them it stays as it is, so that it does not flutter. */
interface Threshold {
  readonly raiseAt: number;
  readonly clearAt: number;
  readonly severity: 'warning' | 'critical';
  readonly raised: string;
  readonly cleared: string;
}

export const thresholds = {
  disk: {
    raiseAt: 0.95,
    clearAt: 0.9,
    severity: 'critical',
    raised: 'The disk of the home folder is nearly full',
    cleared: 'The disk of the home folder has room again',
  },
  memory: {
    raiseAt: 0.9,
    clearAt: 0.8,
    severity: 'warning',
    raised: 'The orchestrator uses nearly all of its memory',
    cleared: 'The orchestrator uses less memory again',
  },
  pool: {
    raiseAt: 1,
    clearAt: 0.25,
    severity: 'warning',
    raised: 'As many requests wait for the database as it has connections',
    cleared: 'Requests no longer queue for the database',
  },
  redis: {
    raiseAt: 1,
    clearAt: 1,
    severity: 'critical',
    raised: 'Redis does not answer: live updates of other replicas are late',
    cleared: 'Redis answers again',
  },
  runtime: {
    raiseAt: 1,
    clearAt: 1,
    severity: 'critical',
    raised: 'What runs the agents does not answer: none can be started or stopped',
    cleared: 'What runs the agents answers again',
  },
} as const satisfies Record<string, Threshold>;

export type AlertName = keyof typeof thresholds;

/** Whether the alert stands after this reading. */
export function stands({ alert, value }: Reading, stoodBefore: boolean): boolean {
  const { raiseAt, clearAt } = thresholds[alert];
  return stoodBefore ? value >= clearAt : value >= raiseAt;
}
