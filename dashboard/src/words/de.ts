import { agents } from './de/agents.ts';
import { common } from './de/common.ts';
import { decisions } from './de/decisions.ts';
import { domains } from './de/domains.ts';
import { events } from './de/events.ts';
import { happenings } from './de/happenings.ts';
import { inbox } from './de/inbox.ts';
import { keys } from './de/keys.ts';
import { models } from './de/models.ts';
import { overview } from './de/overview.ts';
import { schedules } from './de/schedules.ts';
import { settings } from './de/settings.ts';
import { shell } from './de/shell.ts';
import { states } from './de/states.ts';
import { tasks } from './de/tasks.ts';
import type { Words } from './en.ts';

export const de = {
  agents,
  common,
  decisions,
  domains,
  events,
  happenings,
  inbox,
  keys,
  models,
  overview,
  schedules,
  settings,
  shell,
  states,
  tasks,
} satisfies Words;
