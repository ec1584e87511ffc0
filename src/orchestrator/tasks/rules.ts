import type { SettingName } from '../../contracts/settings.ts';
import type { Priority, TaskStatus } from '../../contracts/task.ts';

/** Most urgent first. */
export const priorityOrder: readonly Priority[] = ['critical', 'urgent', 'high', 'normal', 'low', 'operational'];

/** The setting that tells how long a new task of this priority waits before it wakes its assignee. */
export const delaySetting = (priority: Priority) => `queue.delay_${priority}` as const satisfies SettingName;

export const isFinished = (status: TaskStatus): boolean => status !== 'pending' && status !== 'in_progress';
