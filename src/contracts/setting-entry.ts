import { z } from 'zod';
import { jsonValue, timestamp } from './primitives.ts';

export const settingUnitSchema = z.enum(['ms', 's', 'days']);
export type SettingUnit = z.infer<typeof settingUnitSchema>;

/** A setting as the registry lists it, with what holds now. */
export const settingEntrySchema = z.object({
  category: z.string(),
  key: z.string(),
  description: z.string(),
  unit: settingUnitSchema.nullable(),
  /** The name of its JSON Schema among `schemas`: its own, or that of its family. */
  schema: z.string(),
  /** Null where nothing holds until somebody sets it. */
  default: jsonValue,
  /** A secret's is a mask, or null. */
  value: jsonValue,
  secret: z.boolean(),
  /** The roles that it is about, or is lent to. */
  agents: z.array(z.string()),
  /** A secret that nobody set here, but that the orchestrator's environment brings. */
  inEnvironment: z.boolean(),
  /** What the last one who changed it said of it. */
  note: z.string().nullable(),
  /** Null where the default holds. */
  changedAt: timestamp.nullable(),
  changedBy: z.string().nullable(),
});
export type SettingEntry = z.infer<typeof settingEntrySchema>;
