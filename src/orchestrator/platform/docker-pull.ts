import type Dockerode from 'dockerode';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { unless } from './docker-status.ts';
import { jsonLines } from './json-lines.ts';

export interface PullOptions {
  readonly docker: Dockerode;
  readonly image: string;
  readonly clock: Clock;
}

const lookMsMax = 30_000;
const pullMsMax = 10 * 60_000;

/** Without a tag the engine would pull every one there is. */
export const tagged = (image: string): string => (/@|:[^/]*$/.test(image) ? image : `${image}:latest`);

/** Resolves when the image is there; rejects with a sentence that names it when it cannot be had. */
export async function pullUnlessPresent({ docker, image, clock }: PullOptions): Promise<void> {
  const found = await withDeadline({ clock, ms: lookMsMax, what: `looking for the image ${image}` }, () =>
    docker.getImage(image).inspect().catch(unless(404)),
  );
  if (found) return;
  await withDeadline({ clock, ms: pullMsMax, what: `pulling the image ${image}` }, async (abortSignal) => {
    try {
      for await (const step of jsonLines(await docker.pull(image, { abortSignal }))) {
        const { error } = stepSchema.parse(step);
        if (error !== undefined) throw new Error(error);
      }
    } catch (cause) {
      const because = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new Error(`The image ${image} is not here and cannot be pulled: ${because}`, { cause });
    }
  });
}

/** The engine answers 200 before it pulls; what goes wrong then is only said in the stream. */
const stepSchema = z.object({ error: z.string().optional() });
