import { system, type UnitOfWork } from '../events/work.ts';
import type { Postgres } from '../platform/postgres.ts';
import { type Reading, stands, thresholds } from './rules.ts';
import { clear, raise, standingAlerts } from './store.ts';

/** Alerts about the system itself: told once when they are raised, and once when they are over. */
export function createAlertService({ postgres, unitOfWork }: { postgres: Postgres; unitOfWork: UnitOfWork }) {
  const tell = (host: string, { alert }: Reading, isRaised: boolean): Promise<boolean> =>
    unitOfWork(async (work) => {
      const { severity, raised, cleared } = thresholds[alert];
      const told = { alert: `${alert}@${host}` };
      if (isRaised) {
        if (!(await raise(work.tx, { host, alert, raisedAt: work.now }))) return false;
        work.append(system, 'alert_raised', { ...told, severity, message: `${raised} (${host})` });
        return true;
      }
      if (!(await clear(work.tx, host, alert))) return false;
      work.append(system, 'alert_cleared', { ...told, message: `${cleared} (${host})` });
      return true;
    });

  return {
    /** Returns how many were raised or cleared by these readings. */
    async judge(host: string, readings: readonly Reading[]): Promise<number> {
      const before = await standingAlerts(postgres.db, host);
      let changes = 0;
      for (const reading of readings) {
        const stood = before.has(reading.alert);
        const isRaised = stands(reading, stood);
        if (isRaised !== stood && (await tell(host, reading, isRaised))) changes += 1;
      }
      return changes;
    },
  };
}
