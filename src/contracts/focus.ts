import { z } from 'zod';

const slider = (low: string, high: string) => z.number().int().min(0).max(100).describe(`0: ${low}; 100: ${high}`);

/** What the operator wants the team to lean towards; 50 leans to neither side. */
export const focusSchema = z.strictObject({
  revenueFocus: slider('growth may cost', 'every step has to earn'),
  communityGrowth: slider('the members there are', 'new members first'),
  marketingVsDev: slider('all for building', 'all for being known'),
  riskTolerance: slider('only what is safe', 'bold steps welcome'),
  timeHorizon: slider('this week', 'years'),
});
export type Focus = z.output<typeof focusSchema>;
export type FocusName = keyof Focus;
export const focusNames = Object.keys(focusSchema.shape) as FocusName[]; // Object.keys forgets the names
