import { agents } from './en/agents.ts';
import { common } from './en/common.ts';
import { decisions } from './en/decisions.ts';
import { domains } from './en/domains.ts';
import { events } from './en/events.ts';
import { happenings } from './en/happenings.ts';
import { inbox } from './en/inbox.ts';
import { keys } from './en/keys.ts';
import { models } from './en/models.ts';
import { overview } from './en/overview.ts';
import { schedules } from './en/schedules.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { states } from './en/states.ts';
import { tasks } from './en/tasks.ts';

export const en = {
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
};

export type Words = { readonly [Room in keyof typeof en]: { readonly [Word in keyof (typeof en)[Room]]: string } };
