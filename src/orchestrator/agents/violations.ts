import { system, type Work } from '../events/work.ts';
import type { SettingsService } from '../settings/service.ts';
import type { Lives } from './lives.ts';
import { countViolations, lockAgent } from './store.ts';

export type Violations = ReturnType<typeof createViolations>;

interface Deps {
  readonly lives: Lives;
  readonly settings: SettingsService;
}

/** What agents try against their permissions: rows of their history, so that no restart forgets how many there were. */
export function createViolations({ lives, settings }: Deps) {
  return {
    /** Writes it down; too many within the window raise one alert for the window. */
    async note(work: Work, agentType: string, summary: string): Promise<void> {
      // One after the other: two at once must not both be the one too many.
      await lockAgent(work.tx, agentType);
      await lives.note(work, agentType, { actionType: 'violation', summary });
      const after = await settings.read(work.tx, 'permissions.alert_after');
      const windowSeconds = await settings.read(work.tx, 'permissions.alert_window');
      const since = work.now - windowSeconds * 1_000;
      const { violations, alerts } = await countViolations(work.tx, agentType, since);
      if (alerts > 0 || violations < after) return;
      const message = `${agentType} tried ${violations} times within ${windowSeconds} s what it may not do; last: ${summary}`;
      await lives.note(work, agentType, { actionType: 'violation_alert', summary: message.slice(0, 500) });
      work.append(system, 'alert_raised', { agentType, severity: 'warning', message });
    },
  };
}
