/** What the operating system knows of its processes. One that has ended and waits to be reaped counts as gone. */
export interface ProcessTable {
  find(pid: number): Promise<ProcessRow | undefined>;
  /** Every live process of the family. */
  membersOf(family: ProcessFamily): Promise<readonly ProcessRow[]>;
}

export interface ProcessRow {
  readonly pid: number;
  /** The widest circle that processes stay in unless they leave it on purpose. */
  readonly group: number;
  readonly paused: boolean;
  /** Tells two processes apart that had the same pid one after the other, across reboots too. */
  readonly startTime: string;
}

export interface ProcessFamily {
  /** Undefined when the number may have gone to somebody else meanwhile. */
  readonly group: number | undefined;
  /** `NAME=value` in the environment, which descendants inherit even when they leave the group. */
  readonly marker: string;
  /** The start time of its eldest: nobody descends from one who came later. Undefined: not known. */
  readonly eldest?: string;
}
