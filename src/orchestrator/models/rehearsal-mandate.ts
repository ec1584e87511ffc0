import { z } from 'zod';
import { type Tier, tierOrder, tierSchema } from '../../contracts/policy.ts';
import type { Priority } from '../../contracts/task.ts';

interface Undertaking {
  readonly title: string;
  readonly priority: Priority;
}

/** What binds the company, spends its money or is seen outside. */
const bindingVerbs =
  /\b(launch|publish|announce|hire|dismiss|buy|purchase|sell|acquire|merge|sign|pay|invest|migrate|deploy|rename)\b/i;
/** The same, where the word means something else further inside a title ("review open issues"). */
const bindingFirstWords = /^\W*(?:please )?(open|close|move|change|release|fund|spend|fire|shut|partner)\b/i;
const graveVerbs = /\b(acquire|merge|dissolve|shut down|sell the company)\b/i;
const lightWords = /\b(small|minor|trial|pilot)\b/i;

/** Whether a role asks the board before it does this. */
export const needsMandate = ({ title, priority }: Undertaking): boolean =>
  priority === 'critical' || bindingVerbs.test(title) || bindingFirstWords.test(title);

/**
 * The tier such a thing deserves, within what the role may propose; major when it may not propose that. Urgency is not gravity:
 * a task's priority has no part in it.
 */
export function tierFor({ title }: Pick<Undertaking, 'title'>, allowed: readonly Tier[]): Tier {
  const wanted = deservedTier(title);
  if (allowed.includes(wanted)) return wanted;
  return allowed.includes('major') ? 'major' : (allowed[0] ?? 'major');
}

function deservedTier(title: string): Tier {
  if (graveVerbs.test(title)) return 'critical';
  return lightWords.test(title) ? 'minor' : 'major';
}

/** The tiers the offered tool names, where the gateway narrows its schema to the role; else all of them. */
export function tiersIn(parameters: unknown): readonly Tier[] {
  const schema = toolShape.safeParse(parameters);
  return schema.success ? schema.data.properties.tier.enum : tierOrder;
}

const toolShape = z.object({ properties: z.object({ tier: z.object({ enum: z.array(tierSchema) }) }) });
