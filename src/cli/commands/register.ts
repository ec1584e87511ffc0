import type { Command } from '@commander-js/extra-typings';
import type { Session } from '../session.ts';

/** How each file of commands puts them into the program; the session opens when a command runs. */
export type Register = (program: Command, open: () => Promise<Session>) => void;
