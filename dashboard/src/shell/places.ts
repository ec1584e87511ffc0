import {
  BrainCircuit,
  CalendarClock,
  Globe,
  Inbox,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  ScrollText,
  Settings,
  Users,
  Vote,
} from 'lucide-react';
import type { Role } from '../../../src/contracts/key.ts';

export interface Place {
  readonly to: string;
  /** Its name among the words of the shell. */
  readonly name:
    | 'overview'
    | 'inbox'
    | 'decisions'
    | 'agents'
    | 'tasks'
    | 'domains'
    | 'events'
    | 'models'
    | 'schedules'
    | 'settings'
    | 'keys';
  readonly icon: LucideIcon;
  readonly role: Role;
}

/** Every page, in the order of the menu: first what is looked at all day. */
export const places: readonly Place[] = [
  { to: '/', name: 'overview', icon: LayoutDashboard, role: 'viewer' },
  { to: '/inbox', name: 'inbox', icon: Inbox, role: 'viewer' },
  { to: '/decisions', name: 'decisions', icon: Vote, role: 'viewer' },
  { to: '/agents', name: 'agents', icon: Users, role: 'viewer' },
  { to: '/tasks', name: 'tasks', icon: ListChecks, role: 'viewer' },
  { to: '/domains', name: 'domains', icon: Globe, role: 'viewer' },
  { to: '/events', name: 'events', icon: ScrollText, role: 'viewer' },
  { to: '/models', name: 'models', icon: BrainCircuit, role: 'viewer' },
  { to: '/schedules', name: 'schedules', icon: CalendarClock, role: 'viewer' },
  { to: '/settings', name: 'settings', icon: Settings, role: 'viewer' },
  { to: '/keys', name: 'keys', icon: KeyRound, role: 'admin' },
];

/** Those that fit a phone's bar; the rest is behind "More". */
export const atThumb = new Set<Place['name']>(['overview', 'inbox', 'decisions', 'agents']);
